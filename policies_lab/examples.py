"""What stands on the bench at the first visit: one user, one policy, one request."""

from policies_lab.bench import Bench, ContextRow, PolicyRow

READ_REPORTS = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadReports",
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::acme-reports/*"
    },
    {
      "Sid": "NoDraftsFromOutside",
      "Effect": "Deny",
      "Action": "s3:*",
      "Resource": "arn:aws:s3:::acme-reports/drafts/*",
      "Condition": {
        "NotIpAddress": { "aws:SourceIp": "203.0.113.0/24" }
      }
    }
  ]
}"""


def first_bench() -> Bench:
    """A fresh bench with the opening example."""
    return Bench(
        principal_arn="arn:aws:iam::111122223333:user/ana",
        action="s3:GetObject",
        resource="arn:aws:s3:::acme-reports/drafts/q4.csv",
        policies=[
            PolicyRow(
                row=0,
                name="ReportsForAnalysts",
                via="managed, via group Analysts",
                document=READ_REPORTS,
            )
        ],
        context=[
            ContextRow(0, "aws:SourceIp", "203.0.113.7"),
            ContextRow(1, "aws:SecureTransport", "true"),
            ContextRow(2, "aws:MultiFactorAuthPresent", "true", present=False),
            ContextRow(3, "aws:PrincipalTag/team", "finance", present=False),
        ],
    )

"""A small challenge as text, with its parts to replace."""

from policies_lab.challenges.shelf import FOLDER

KEY = "first-allow"
ADDRESS = f"/lab/challenges/{KEY}/"
# What of the file is never sent before it is due.
SECRETS = (
    "Read a report in a folder",
    "2026/spring",
    "Not every report lies",
    "Read from another bucket",
    "acme-payroll",
    "The policy reaches into other buckets",
    "Set Action to s3:GetObject and Resource to",
    "A statement applies when its Action",
    "Nothing is allowed until",
    "The ARN of a bucket names",
    "every S3 action",
    "the bucket&#x27;s ARN",
)


def text_of(key: str = KEY) -> str:
    return (FOLDER / f"{key}.toml").read_text()


def policy(action="s3:GetObject", resource="arn:aws:s3:::acme-reports/*") -> str:
    return (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", '
        f'"Action": "{action}", "Resource": "{resource}"}}]}}'
    )


RIGHT = policy()
NARROW = policy(resource="arn:aws:s3:::acme-reports/q1.csv")
WIDE = policy(resource="*")
BUCKET = policy(resource="arn:aws:s3:::acme-reports")
UNSAFE = policy("*", "*")


def posted(document: str, do: str = "try", **more: str) -> dict[str, str]:
    return {"policy-0-document": document, "do": do, **more}

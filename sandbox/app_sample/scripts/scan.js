// Looks for private keys in the app's own files, as a scan of its own would.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const entries = await readdir(root, { recursive: true, withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
const found = [];
for (const file of files) {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----\n/.test(await readFile(file, "utf8"))) found.push(file);
}
if (found.length > 0) throw new Error(`private keys in ${found.join(", ")}`);
console.log(`${files.length} files, no private key`);

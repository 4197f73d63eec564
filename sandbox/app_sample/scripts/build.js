// Checks that every module of the app can be loaded, which is all that a build of plain modules has to do.
import { readdir } from "node:fs/promises";

const sources = new URL("../src/", import.meta.url);
const names = (await readdir(sources)).filter((name) => name.endsWith(".js"));
if (names.length === 0) throw new Error("there is nothing to build");
for (const name of names) await import(new URL(name, sources));
console.log(`${names.length} modules can be loaded`);

// Unpacks the browser, its libraries and its fonts beside this file. The package's own way would put them into the
// system's temporary folder, under fixed names that other users can take first.
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { extract } from "tar-fs";

const targets = {
  "chromium.br": createWriteStream("chromium", { mode: 0o755 }),
  "al2023.tar.br": extract("libraries", { chown: false }),
  "fonts.tar.br": extract("fonts", { chown: false }),
};
for (const [name, target] of Object.entries(targets)) {
  await pipeline(createReadStream(`node_modules/@sparticuz/chromium/bin/${name}`), createBrotliDecompress(), target);
}

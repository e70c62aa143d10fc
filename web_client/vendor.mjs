/**
 * Copies the third-party modules that the client uses from node_modules into web_client/vendor/, with their licences.
 *
 * Law: every byte in vendor/ follows from package-lock.json. `npm ci` fetches what the lock names and verifies its integrity; this script only copies
 * (and minifies uPlot, which ships its module unminified). `--check` writes nothing and fails when the folder is not exactly what it would write.
 */
import { build } from "esbuild";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = join(ROOT, "node_modules");
const TARGET = join(ROOT, "web_client", "vendor");

/** Vendored name -> file in node_modules, copied as it is but for the comment that names a source map. */
const COPIES = {
  "preact.js": "preact/dist/preact.mjs",
  "preact-hooks.js": "preact/hooks/dist/hooks.mjs",
  "htm.js": "htm/dist/htm.module.js",
  "htm-preact.js": "htm/preact/index.module.js",
  "signals.js": "@preact/signals/dist/signals.module.js",
  "signals-core.js": "@preact/signals-core/dist/signals-core.module.js",
  "uplot.css": "uplot/dist/uPlot.min.css",
};

/** Vendored name -> the module that is minified into it. */
const BUNDLES = { "uplot.js": 'export { default } from "uplot";' };

const LICENCES = ["preact", "htm", "@preact/signals", "@preact/signals-core", "uplot"];

/** @param {string} path */
async function readLock(path) {
  const packages = JSON.parse(await readFile(path, "utf8")).packages;
  for (const [where, entry] of Object.entries(packages)) {
    if (where === "") continue;
    if ("resolved" in entry) throw new Error(`${where} carries an address in package-lock.json: remove its "resolved"`);
    if (!("integrity" in entry)) throw new Error(`${where} carries no integrity in package-lock.json: install it again`);
  }
  return packages;
}

/** @param {string} name @param {Record<string, {version: string}>} lock */
async function installedVersion(name, lock) {
  const { version } = JSON.parse(await readFile(join(MODULES, name, "package.json"), "utf8"));
  const locked = lock[`node_modules/${name}`].version;
  if (version !== locked) throw new Error(`${name} ${version} is installed but the lock says ${locked}: run npm ci`);
  return version;
}

/** @param {string} name @returns {Promise<string>} */
async function licenceOf(name) {
  const folder = join(MODULES, name);
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} ships no licence file: add its text by hand or choose another package`);
  return readFile(join(folder, file), "utf8");
}

/** @param {string} source */
async function bundle(source) {
  const result = await build({
    stdin: { contents: source, resolveDir: ROOT, loader: "js" },
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2020",
    write: false,
    legalComments: "inline",
  });
  return result.outputFiles[0].text;
}

/** @returns {Promise<Map<string, string>>} file name -> content */
async function wanted() {
  const lock = await readLock(join(ROOT, "package-lock.json"));
  const files = new Map();
  for (const [name, source] of Object.entries(COPIES)) {
    const text = await readFile(join(MODULES, source), "utf8");
    files.set(name, text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n"));
  }
  for (const [name, source] of Object.entries(BUNDLES)) files.set(name, await bundle(source));
  const versions = [];
  for (const name of LICENCES) {
    versions.push(`${name} ${await installedVersion(name, lock)}: ${lock[`node_modules/${name}`].license}`);
    files.set(`${name.replace("@", "").replace("/", "-")}.LICENSE.txt`, await licenceOf(name));
  }
  const head = "Copied by `npm run vendor` from the versions in package-lock.json. Do not edit.\n\n";
  files.set("VERSIONS.txt", `${head}${versions.join("\n")}\n`);
  return files;
}

/** @param {Map<string, string>} files @returns {Promise<string[]>} what differs */
async function differences(files) {
  const present = await readdir(TARGET).catch(() => []);
  const found = present.filter((name) => !files.has(name)).map((name) => `${name}: not from the lock`);
  for (const [name, text] of files) {
    const old = await readFile(join(TARGET, name), "utf8").catch(() => null);
    if (old !== text) found.push(`${name}: ${old === null ? "missing" : "differs"}`);
  }
  return found;
}

const files = await wanted();
if (process.argv.includes("--check")) {
  const found = await differences(files);
  for (const line of found) console.error(line);
  console.log(found.length ? "web_client/vendor does not match the lock: run npm run vendor" : `${files.size} vendored files match the lock`);
  process.exitCode = found.length ? 1 : 0;
} else {
  await rm(TARGET, { recursive: true, force: true });
  await mkdir(TARGET, { recursive: true });
  for (const [name, text] of files) await writeFile(join(TARGET, name), text);
  console.log(`wrote ${files.size} files to ${TARGET}`);
}

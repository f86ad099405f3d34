/**
 * Local stand-in for `jsr:@std/path`: the functions in use, same names and behaviour, over
 * Deno's built-in `node:path`. Deleting the `links` entry in `deno.json` gives the real package.
 * @module
 */
export {
  basename,
  dirname,
  extname,
  isAbsolute,
  join,
  normalize,
  relative,
  resolve,
  SEPARATOR,
} from "./path.ts";
export { fromFileUrl, toFileUrl } from "./file_url.ts";

import * as path from "node:path";

/** The last part of a path, without `suffix` if it ends so. */
export const basename: (path: string, suffix?: string) => string = path.basename;
/** The folder part of a path. */
export const dirname: (path: string) => string = path.dirname;
/** The extension of a path, dot included. */
export const extname: (path: string) => string = path.extname;
/** Whether a path starts at the root. */
export const isAbsolute: (path: string) => boolean = path.isAbsolute;
/** Parts joined by the separator and normalised. */
export const join: (...paths: string[]) => string = path.join;
/** A path without `.`, `..` and doubled separators. */
export const normalize: (path: string) => string = path.normalize;
/** The way from one folder to another place. */
export const relative: (from: string, to: string) => string = path.relative;
/** An absolute path, from the working folder where the parts are relative. */
export const resolve: (...paths: string[]) => string = path.resolve;
/** The platform's separator. */
export const SEPARATOR: string = path.sep;

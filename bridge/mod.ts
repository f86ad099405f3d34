/**
 * Erlang from TypeScript: terms, the external term format, a port program and hidden-node calls.
 *
 * @module
 */

export * from "./term.ts";
export { compare, equals } from "./compare.ts";
export { encode, encodeChunks, EncodeError, type EncodeOptions } from "./encode.ts";
export {
  decode,
  type DecodedPart,
  DecodeError,
  type DecodeOptions,
  decodePart,
} from "./decode.ts";
export * from "./read.ts";

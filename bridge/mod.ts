/**
 * Erlang from TypeScript: terms, the external term format, a port program and hidden-node calls.
 *
 * @module
 */

export * from "./term.ts";
export { compare, equals } from "./compare.ts";
export { encode, EncodeError, type EncodeOptions } from "./encode.ts";
export { decode, type DecodedPart, DecodeError, type DecodeOptions, decodePart } from "./decode.ts";
export * from "./read.ts";
export * from "./errors.ts";
export { type ErlangStackFrame, stackFrames } from "./stack_frames.ts";
export {
  PortProgram,
  type PortProgramOptions,
  type ProcessOptions,
  type PushHandler,
  type RequestHandler,
  type RequestOptions,
} from "./port_program.ts";
export * from "./node.ts";
export * from "./compile.ts";

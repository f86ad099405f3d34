/**
 * The form of a BEAM file: chunks, each a name of four letters, a length and bytes, padded to four.
 * @module
 */
import { atom, decode, type Term, Tuple } from "../bridge/mod.ts";

/** What is not for running the code: its abstract form, and names for the linker of debuggers. */
const FOR_DEBUGGERS: ReadonlySet<string> = new Set(["Dbgi", "LocT"]);

const HEADER = 12;

/**
 * A BEAM file without what only debuggers and analysers read, which is more than a third of it.
 * What has another form, such as a compressed file, stays as it is.
 */
export function withoutDebugInfo(beam: Uint8Array): Uint8Array {
  const chunks = chunksOf(beam);
  if (chunks === undefined) return beam;
  const slim = new Uint8Array(beam.length);
  slim.set(beam.subarray(0, HEADER));
  let end = HEADER;
  for (const { name, start, next } of chunks) {
    if (FOR_DEBUGGERS.has(name)) continue;
    slim.set(beam.subarray(start, next), end);
    end += next - start;
  }
  new DataView(slim.buffer).setUint32(4, end - 8);
  return slim.subarray(0, end);
}

/** The number in a module's attribute `vsn`, in decimal; undefined where there is none. */
export function versionOf(beam: Uint8Array): string | undefined {
  const chunk = chunksOf(beam)?.find(({ name }) => name === "Attr");
  if (chunk === undefined) return undefined;
  const size = new DataView(beam.buffer, beam.byteOffset).getUint32(chunk.start + 4);
  const attributes = decode(beam.subarray(chunk.start + 8, chunk.start + 8 + size));
  if (!Array.isArray(attributes)) return undefined;
  for (const attribute of attributes as readonly Term[]) {
    if (!(attribute instanceof Tuple) || attribute.elements[0] !== atom("vsn")) continue;
    const [value] = attribute.elements[1] as readonly Term[];
    return typeof value === "number" || typeof value === "bigint" ? String(value) : undefined;
  }
  return undefined;
}

interface Chunk {
  readonly name: string;
  /** Where its header begins. */
  readonly start: number;
  /** Where the next one begins. */
  readonly next: number;
}

/** Undefined where the form is another one. */
function chunksOf(beam: Uint8Array): Chunk[] | undefined {
  if (beam.length < HEADER || name(beam, 0) !== "FOR1" || name(beam, 8) !== "BEAM") {
    return undefined;
  }
  const view = new DataView(beam.buffer, beam.byteOffset, beam.byteLength);
  const chunks: Chunk[] = [];
  for (let start = HEADER; start < beam.length;) {
    if (start + 8 > beam.length) return undefined;
    const next = start + 8 + Math.ceil(view.getUint32(start + 4) / 4) * 4;
    if (next > beam.length) return undefined;
    chunks.push({ name: name(beam, start), start, next });
    start = next;
  }
  return chunks;
}

function name(beam: Uint8Array, at: number): string {
  return String.fromCharCode(...beam.subarray(at, at + 4));
}

/**
 * The form of a BEAM file: chunks, each a name of four letters, a length and bytes, padded to four.
 * @module
 */

/** What is not for running the code: its abstract form, and names for the linker of debuggers. */
const FOR_DEBUGGERS: ReadonlySet<string> = new Set(["Dbgi", "LocT"]);

const HEADER = 12;

/**
 * A BEAM file without what only debuggers and analysers read, which is more than a third of it.
 * What has another form, such as a compressed file, stays as it is.
 */
export function withoutDebugInfo(beam: Uint8Array): Uint8Array {
  if (beam.length < HEADER || name(beam, 0) !== "FOR1" || name(beam, 8) !== "BEAM") return beam;
  const view = new DataView(beam.buffer, beam.byteOffset, beam.byteLength);
  const slim = new Uint8Array(beam.length);
  slim.set(beam.subarray(0, HEADER));
  let end = HEADER;
  for (let at = HEADER; at < beam.length;) {
    if (at + 8 > beam.length) return beam;
    const next = at + 8 + Math.ceil(view.getUint32(at + 4) / 4) * 4;
    if (next > beam.length) return beam;
    if (!FOR_DEBUGGERS.has(name(beam, at))) {
      slim.set(beam.subarray(at, next), end);
      end += next - at;
    }
    at = next;
  }
  new DataView(slim.buffer).setUint32(4, end - 8);
  return slim.subarray(0, end);
}

function name(beam: Uint8Array, at: number): string {
  return String.fromCharCode(...beam.subarray(at, at + 4));
}

/**
 * Zip archives, as far as packages of editor extensions need them: deflated files, no more.
 * @module
 */
import { deflateRawSync } from "node:zlib";

/** A file of an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly content: Uint8Array;
}

/** 1 January 1980, the first day that the format knows: packages of equal content are equal. */
const DATE = 0x21;
const UTF8_NAMES = 0x800;
const DEFLATED = 8;

/** The bytes of an archive with these files in this order. */
export function zip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const written = new TextEncoder().encode(name);
    const packed = deflateRawSync(content);
    const sizes = [crc32(content), packed.length, content.length] as const;
    const local = header(30, (view) => {
      view.setUint32(0, 0x04034b50, true);
      common(view, 4, sizes, written.length);
    });
    directory.push(
      header(46, (view) => {
        view.setUint32(0, 0x02014b50, true);
        view.setUint16(4, 20, true);
        common(view, 6, sizes, written.length);
        view.setUint32(42, offset, true);
      }),
      written,
    );
    parts.push(local, written, packed);
    offset += local.length + written.length + packed.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const end = header(22, (view) => {
    view.setUint32(0, 0x06054b50, true);
    view.setUint16(8, entries.length, true);
    view.setUint16(10, entries.length, true);
    view.setUint32(12, size, true);
    view.setUint32(16, offset, true);
  });
  return joined([...parts, ...directory, end]);
}

function header(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}

/** What the header before a file and its entry in the directory have in common. */
function common(
  view: DataView,
  at: number,
  [checksum, packed, plain]: readonly [number, number, number],
  nameLength: number,
): void {
  view.setUint16(at, 20, true);
  view.setUint16(at + 2, UTF8_NAMES, true);
  view.setUint16(at + 4, DEFLATED, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, checksum, true);
  view.setUint32(at + 14, packed, true);
  view.setUint32(at + 18, plain, true);
  view.setUint16(at + 22, nameLength, true);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The checksum of the format, bit by bit: the files are small. */
export function crc32(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}

/**
 * Reading of the terms that hold no others.
 *
 * @module
 */

import { AtomCache, latin1Text } from "./atom_cache.ts";
import { copyOf } from "./byte_pool.ts";
import { DecodeError } from "./byte_reader.ts";
import { IntegerReader } from "./integer_reader.ts";
import { type Atom, BitString, Float, nil, Pid, Port, Reference, type Term } from "./term.ts";

/** A binary that is at least this part of its input shares the input's memory. */
const SHARED_PART = 8;

const floatCell = new Float64Array(1);
const floatBytes = new Uint8Array(floatCell.buffer);
const atoms = new AtomCache();

/** Bytes out of which leaves are read; each method is called with the place behind the tag. */
export class LeafReader extends IntegerReader {
  atom(): Atom {
    const start = this.position++;
    const tag = this.bytes[start]!;
    const length = tag === 119 || tag === 115 ? this.byte() : this.unsigned16();
    this.need(length);
    const from = this.position;
    this.position = from + length;
    const found = tag >= 118
      ? atoms.utf8(this.bytes, from, length)
      : atoms.latin1(this.bytes, from, length);
    if (found === undefined) throw new DecodeError("no valid atom", start);
    return found;
  }

  identifier(tag: number, start: number): Term {
    switch (tag) {
      case 88:
        return new Pid(this.node(), this.unsigned32(), this.unsigned32(), this.unsigned32());
      case 103:
        return new Pid(this.node(), this.unsigned32(), this.unsigned32(), this.byte());
      case 120:
        return new Port(this.node(), this.unsigned64(), this.unsigned32(), true);
      case 89:
        return new Port(this.node(), BigInt(this.unsigned32()), this.unsigned32());
      case 102:
        return new Port(this.node(), BigInt(this.unsigned32()), this.byte());
      case 90:
        return this.reference(start, true);
      case 114:
        return this.reference(start, false);
      case 101:
        return this.oldReference();
      default:
        throw new DecodeError(`unknown tag ${tag}`, start);
    }
  }

  binary(length: number): Uint8Array {
    const from = this.position;
    this.position = from + length;
    if (length > 4096 && length * SHARED_PART >= this.bytes.length) {
      return this.bytes.subarray(from, from + length);
    }
    return copyOf(this.bytes, from, from + length);
  }

  string(): Term {
    const length = this.unsigned16();
    this.need(length);
    if (length === 0) return nil;
    const from = this.position;
    const bytes = this.bytes;
    const elements: number[] = new Array(length);
    for (let i = 0; i < length; i++) elements[i] = bytes[from + i]!;
    this.position = from + length;
    return elements;
  }

  float(start: number): Float {
    this.need(8);
    const at = this.position;
    for (let i = 0; i < 8; i++) floatBytes[7 - i] = this.bytes[at + i]!;
    this.position = at + 8;
    return finite(floatCell[0]!, start);
  }

  /** The format of 31 characters that old nodes wrote. */
  textFloat(start: number): Float {
    this.need(31);
    const text = latin1Text(this.bytes, this.position, 31).replace(/\0+$/, "").trim();
    this.position += 31;
    return finite(text === "" ? NaN : Number(text), start);
  }

  bitString(start: number): Term {
    const length = this.count(1);
    const bits = this.byte();
    this.need(length);
    if (bits > 8 || (bits === 0) !== (length === 0)) {
      throw new DecodeError("wrong bit count", start);
    }
    const bytes = this.binary(length);
    return bits === 8 || length === 0 ? bytes : new BitString(bytes, bits);
  }

  reference(start: number, wide: boolean): Reference {
    const count = this.unsigned16();
    if (count === 0 || count > 5) throw new DecodeError("wrong reference", start);
    const node = this.node();
    const creation = wide ? this.unsigned32() : this.byte();
    const ids: number[] = [];
    for (let i = 0; i < count; i++) ids.push(this.unsigned32());
    return new Reference(node, creation, ids);
  }

  oldReference(): Reference {
    const node = this.node();
    const id = this.unsigned32();
    return new Reference(node, this.byte(), [id]);
  }

  /** An atom where the format allows nothing else. */
  node(): Atom {
    const tag = this.bytes[this.position];
    if (tag === undefined) throw this.truncated();
    if (tag === 119 || tag === 118 || tag === 100 || tag === 115) return this.atom();
    throw new DecodeError("an atom is expected", this.position);
  }
}

function finite(value: number, start: number): Float {
  if (!Number.isFinite(value)) throw new DecodeError("no finite float", start);
  return new Float(value);
}

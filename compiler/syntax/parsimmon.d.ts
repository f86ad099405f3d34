/**
 * The part of Parsimmon's interface that the grammar uses.
 * `_` is the parsing function of every parser; custom primitives call it to run one another.
 */
export interface Success<T> {
  readonly status: true;
  readonly index: number;
  readonly value: T;
  readonly furthest: number;
  readonly expected: readonly string[];
}
export interface Failure {
  readonly status: false;
  readonly index: number;
  readonly value: null;
  readonly furthest: number;
  readonly expected: readonly string[];
}
export type Reply<T> = Success<T> | Failure;
export interface Parser<T> {
  readonly _: (input: string, i: number) => Reply<T>;
  map<U>(fn: (value: T) => U): Parser<U>;
  chain<U>(fn: (value: T) => Parser<U>): Parser<U>;
  then<U>(next: Parser<U>): Parser<U>;
  skip<U>(next: Parser<U>): Parser<T>;
  or<U>(other: Parser<U>): Parser<T | U>;
  many(): Parser<T[]>;
  atLeast(n: number): Parser<T[]>;
  fallback<U>(value: U): Parser<T | U>;
  result<U>(value: U): Parser<U>;
}
interface Parsimmon {
  <T>(action: (input: string, i: number) => Reply<T>): Parser<T>;
  alt<T>(...parsers: Parser<T>[]): Parser<T>;
  lazy<T>(make: () => Parser<T>): Parser<T>;
  succeed<T>(value: T): Parser<T>;
  sepBy<T, U>(parser: Parser<T>, separator: Parser<U>): Parser<T[]>;
  sepBy1<T, U>(parser: Parser<T>, separator: Parser<U>): Parser<T[]>;
  seq<A, B>(a: Parser<A>, b: Parser<B>): Parser<[A, B]>;
  seqMap<A, B, R>(a: Parser<A>, b: Parser<B>, fn: (a: A, b: B) => R): Parser<R>;
  seqMap<A, B, C, R>(
    a: Parser<A>,
    b: Parser<B>,
    c: Parser<C>,
    fn: (a: A, b: B, c: C) => R,
  ): Parser<R>;
  seqMap<A, B, C, D, R>(
    a: Parser<A>,
    b: Parser<B>,
    c: Parser<C>,
    d: Parser<D>,
    fn: (a: A, b: B, c: C, d: D) => R,
  ): Parser<R>;
}
declare const parsimmon: Parsimmon;
export default parsimmon;

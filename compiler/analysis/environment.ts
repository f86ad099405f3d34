/**
 * All classes, extensions, aliases and protocols that a compilation knows, from many files.
 * @module
 */
import { splitClassName } from "../syntax/class_name.ts";
import type {
  AliasFacts,
  ClassEnvironment,
  ClassFacts,
  ExtensionFacts,
  FileFacts,
  ProtocolFacts,
} from "./class_facts.ts";
import { implementorsOf } from "./implementors.ts";
import { LIBRARY_PACKAGE } from "./module_naming.ts";
import { sameFacts } from "./same_facts.ts";

/** Two or more declarations of one name where only one can be. */
export type Duplicate =
  | { readonly kind: "class"; readonly name: string; readonly classes: readonly ClassFacts[] }
  | {
    readonly kind: "extension";
    readonly target: string;
    readonly classSide: boolean;
    readonly selector: string;
    readonly extensions: readonly ExtensionFacts[];
  };

/** The environment of one package's files. */
export interface ProgramEnvironment extends ClassEnvironment {
  /** The package from which bare names are seen. */
  readonly package: string;
  /** Every class of that bare name, the one that the bare name means first. */
  classesNamed(name: string): readonly ClassFacts[];
  implementors(selector: string): readonly string[];
  foreignInternals(): ReadonlySet<string>;
  /** Classes declared twice in one package, and extensions that collide. */
  readonly duplicates: readonly Duplicate[];
}

/**
 * Builds the environment of `packageName` from the facts of its files, of its dependencies and of
 * the class library. Of several classes with one name, the bare name means that of the package
 * itself, then that of a dependency, then the library's, and last one that is internal to another
 * package. Given the environment `before` an edit, it
 * has the same version where the edit changed no facts.
 */
export function buildEnvironment(
  files: Iterable<FileFacts>,
  packageName: string,
  before?: ProgramEnvironment,
): ProgramEnvironment {
  return new Environment([...files], packageName, before);
}

class Environment implements ProgramEnvironment {
  readonly #classes = new Map<string, ClassFacts[]>();
  readonly #extensions = new Map<string, ExtensionFacts[]>();
  readonly #aliases = new Map<string, AliasFacts>();
  readonly #protocols = new Map<string, ProtocolFacts>();
  readonly #files: readonly FileFacts[];
  readonly package: string;
  readonly version: object;
  readonly duplicates: readonly Duplicate[];
  #foreignInternals: ReadonlySet<string> | undefined;

  constructor(files: readonly FileFacts[], packageName: string, before?: ProgramEnvironment) {
    this.#files = files;
    this.package = packageName;
    this.version = before instanceof Environment && this.#saysTheSameAs(before)
      ? before.version
      : {};
    for (const file of files) this.#add(file);
    for (const classes of this.#classes.values()) {
      if (classes.length > 1) classes.sort((a, b) => this.#rank(a) - this.#rank(b));
    }
    this.duplicates = [...this.#duplicateClasses(), ...this.#duplicateExtensions()];
  }

  classNamed(written: string, packageName?: string): ClassFacts | undefined {
    const { package: writtenPackage, name } = splitClassName(written);
    const wanted = packageName ?? writtenPackage;
    const classes = this.#classes.get(name);
    if (wanted === undefined) return classes?.[0];
    return classes?.find((found) => found.package === wanted);
  }

  classesNamed(name: string): readonly ClassFacts[] {
    return this.#classes.get(name) ?? [];
  }

  implementors(selector: string): readonly string[] {
    return implementorsOf(this, selector);
  }

  foreignInternals(): ReadonlySet<string> {
    return this.#foreignInternals ??= this.#gatherForeignInternals();
  }

  extensionsOf(written: string): readonly ExtensionFacts[] {
    return this.#extensions.get(splitClassName(written).name) ?? [];
  }

  aliasNamed(name: string): AliasFacts | undefined {
    return this.#aliases.get(name);
  }

  protocolNamed(name: string): ProtocolFacts | undefined {
    return this.#protocols.get(name);
  }

  classNames(): Iterable<string> {
    return this.#classes.keys();
  }

  #gatherForeignInternals(): ReadonlySet<string> {
    const foreign = [...this.#classes.values()].flat()
      .filter((found) => found.package !== this.package)
      .flatMap(({ methods, classMethods }) => [...methods, ...classMethods]);
    return new Set(foreign.filter(({ internal }) => internal).map(({ selector }) => selector));
  }

  #saysTheSameAs(other: Environment): boolean {
    return this.package === other.package && this.#files.length === other.#files.length &&
      this.#files.every((file, index) => {
        const before = other.#files[index];
        return before !== undefined && sameFacts(file, before);
      });
  }

  #add(file: FileFacts): void {
    for (const found of file.classes) append(this.#classes, found.name, found);
    for (const found of file.extensions) {
      append(this.#extensions, splitClassName(found.target).name, found);
    }
    for (const alias of file.aliases) this.#aliases.set(alias.name, alias);
    for (const protocol of file.protocols) this.#protocols.set(protocol.name, protocol);
  }

  #rank(found: ClassFacts): number {
    if (found.package === this.package) return 0;
    if (found.modifiers.includes("internal")) return 3;
    return found.package === LIBRARY_PACKAGE ? 2 : 1;
  }

  *#duplicateClasses(): Iterable<Duplicate> {
    for (const [name, classes] of this.#classes) {
      if (classes.length < 2) continue;
      for (const same of Map.groupBy(classes, (found) => found.package).values()) {
        if (same.length > 1) yield { kind: "class", name, classes: same };
      }
    }
  }

  *#duplicateExtensions(): Iterable<Duplicate> {
    for (const extensions of this.#extensions.values()) {
      if (extensions.length < 2) continue;
      for (const same of Map.groupBy(extensions, extensionKey).values()) {
        const first = same[0];
        if (first === undefined || same.length < 2) continue;
        const { target, classSide, method } = first;
        const { selector } = method;
        yield { kind: "extension", target, classSide, selector, extensions: same };
      }
    }
  }
}

function extensionKey(extension: ExtensionFacts): string {
  const { package: packageName, name } = splitClassName(extension.target);
  return `${packageName ?? ""}@${name} ${extension.classSide} ${extension.method.selector}`;
}

function append<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

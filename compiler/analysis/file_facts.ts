/**
 * What a file declares, gathered from its tree without looking into bodies.
 * @module
 */
import type {
  ClassDeclaration,
  ClassReference,
  DataMember,
  Declaration,
  ExtensionDeclaration,
  Member,
  MethodDefinition,
  Parameter,
  PlacedUnit,
  ProtocolDeclaration,
  Signature,
  Span,
  TypeAlias,
} from "../syntax/ast.ts";
import type { Diagnostic } from "../syntax/diagnostic.ts";
import { placedSpan } from "../syntax/placed_span.ts";
import type {
  AliasFacts,
  ClassFacts,
  ExtensionFacts,
  FieldFacts,
  FileFacts,
  MethodFacts,
  ProtocolFacts,
} from "./class_facts.ts";
import { classModule, extensionModule, type ModuleNaming } from "./module_naming.ts";

/** Which file the facts are of. */
export interface FileFactsOptions {
  /** The file's path as messages show it. */
  readonly file: string;
  readonly naming: ModuleNaming;
}

/** A parsed file, as far as its facts need it. */
export interface DeclaredFile {
  readonly declarations: readonly Declaration[];
  /** Syntax diagnostics, in offsets of the file. */
  readonly diagnostics?: readonly Diagnostic[];
}

/** The facts of one file: its classes, extensions, aliases and protocols. */
export function fileFacts(file: DeclaredFile, options: FileFactsOptions): FileFacts {
  const classes: ClassFacts[] = [];
  const extensions: ExtensionFacts[] = [];
  const aliases: AliasFacts[] = [];
  const protocols: ProtocolFacts[] = [];
  const errors = file.diagnostics?.filter(({ severity }) => severity === "error") ?? [];
  for (const declaration of file.declarations) {
    switch (declaration.kind) {
      case "class":
        classes.push(classFacts(declaration, options, errors));
        break;
      case "extension":
        addExtension(extensions, declaration.unit, options);
        break;
      case "typeAlias":
        aliases.push(aliasFacts(declaration.unit, options));
        break;
      case "protocol":
        protocols.push(protocolFacts(declaration.unit, options));
        break;
      case "patch":
      case "statement":
      case "error":
        break;
      default:
        declaration satisfies never;
    }
  }
  return { classes, extensions, aliases, protocols };
}

/** A class as written: `Name` or `package@Name`. */
export function writtenClassName(reference: ClassReference): string {
  return reference.package === undefined
    ? reference.name
    : `${reference.package}@${reference.name}`;
}

/** The facts of one class declaration; `errors` are those of syntax. */
export function classFacts(
  declaration: ClassDeclaration,
  options: FileFactsOptions,
  errors: readonly { readonly span: Span }[] = [],
): ClassFacts {
  const header = declaration.header.node;
  const fields: FieldFacts[] = [];
  const classState: FieldFacts[] = [];
  const methods: PlacedUnit<MethodDefinition>[] = [];
  const classMethods: PlacedUnit<MethodDefinition>[] = [];
  const { members } = declaration;
  const isIncomplete = members.some((member, index) =>
    isBroken(member, members[index + 1]?.offset, errors)
  );
  for (const member of declaration.members) {
    const node = member.node;
    if (node.kind === "data") {
      (node.word === "classState" ? classState : fields).push(fieldFacts(node, member.offset));
    } else if (node.kind === "method") {
      const side = node.modifiers.includes("class") ? classMethods : methods;
      side.push({ node, offset: member.offset, line: member.line });
    }
  }
  return {
    name: header.name.text,
    package: options.naming.package,
    module: classModule(options.naming, header.name.text),
    file: options.file,
    span: placedSpan(declaration.header, header.name.span),
    superclass: superclassName(header.superclass),
    superclassArguments: header.superclassArguments,
    typeParameters: header.typeParameters.map(({ name, bound }) => ({ name: name.text, bound })),
    modifiers: header.modifiers,
    nativeModule: header.nativeModule?.text,
    doc: header.doc?.text,
    fields,
    classState,
    methods: joinClauses(methods),
    classMethods: joinClauses(classMethods),
    ...(isIncomplete ? { incomplete: true } : {}),
  };
}

/**
 * Whether what a member declares, or what stands between it and the next, could not be read. A
 * mistake inside the body of a method does not count.
 */
function isBroken(
  { node, offset }: PlacedUnit<Member>,
  next: number | undefined,
  errors: readonly { readonly span: Span }[],
): boolean {
  if (node.kind === "errorMember") return true;
  const limit = next ?? offset + node.span.end + 1;
  return errors.some(({ span: { start } }) => {
    if (start < offset || start >= limit) return false;
    if (node.kind !== "method") return true;
    const { body } = node;
    return start < offset + body.span.start || start > offset + body.span.end;
  });
}

function superclassName(reference: ClassReference): string | undefined {
  if (reference.package === undefined && /^(nil|Nil)?$/.test(reference.name)) return undefined;
  return writtenClassName(reference);
}

function fieldFacts(node: DataMember, offset: number): FieldFacts {
  return {
    name: node.name.text,
    type: node.type,
    hasDefault: node.defaultValue !== undefined,
    doc: node.doc?.text,
    span: placedSpan({ offset }, node.name.span),
  };
}

/** One entry a selector: clauses of one selector form one method, in the order of the first ones. */
function joinClauses(clauses: readonly PlacedUnit<MethodDefinition>[]): readonly MethodFacts[] {
  const groups = new Map<string, PlacedUnit<MethodDefinition>[]>();
  for (const clause of clauses) {
    const group = groups.get(clause.node.selector);
    if (group === undefined) groups.set(clause.node.selector, [clause]);
    else group.push(clause);
  }
  return [...groups.values()].map(methodFacts);
}

function methodFacts(clauses: readonly PlacedUnit<MethodDefinition>[]): MethodFacts {
  const nodes = clauses.map((clause) => clause.node);
  const first = clauses[0];
  if (first === undefined) throw new RangeError("a method has at least one clause");
  return {
    selector: first.node.selector,
    parameters: nodes.length === 1
      ? first.node.parameters.map(parameterFacts)
      : joinedParameters(nodes),
    returnType: nodes.find((node) => node.returnType !== undefined)?.returnType,
    sealed: nodes.some((node) => node.modifiers.includes("sealed")),
    internal: nodes.some((node) => node.modifiers.includes("internal")),
    primitive: nodes.some((node) => node.body.kind !== "statements"),
    doc: nodes.find((node) => node.doc !== undefined)?.doc?.text,
    span: placedSpan(first, selectorSpan(first.node.selectorSpans, first.node.span)),
  };
}

/** Several clauses take different things, so the type of one says nothing of the whole. */
function joinedParameters(clauses: readonly MethodDefinition[]): MethodFacts["parameters"] {
  const width = clauses[0]?.parameters.length ?? 0;
  return Array.from({ length: width }, (_, index) => {
    const named = clauses.map((clause) => clause.parameters[index])
      .find((parameter) => parameter?.pattern.kind === "binding");
    const name = named?.pattern.kind === "binding" ? named.pattern.name : `argument${index + 1}`;
    return { name, type: undefined };
  });
}

function parameterFacts(parameter: Parameter, index: number): MethodFacts["parameters"][number] {
  const { pattern } = parameter;
  const name = pattern.kind === "binding"
    ? pattern.name
    : pattern.kind === "wildcard"
    ? "_"
    : `argument${index + 1}`;
  return { name, type: parameter.type };
}

/** From the first character of a selector to the last of its last part. */
export function selectorSpan(parts: readonly Span[], whole: Span): Span {
  const first = parts[0];
  const last = parts[parts.length - 1];
  return first === undefined || last === undefined ? whole : { start: first.start, end: last.end };
}

/** Clauses of one selector for one target form one method here too. */
function addExtension(
  extensions: ExtensionFacts[],
  unit: PlacedUnit<ExtensionDeclaration>,
  options: FileFactsOptions,
): void {
  const { target, classSide, method } = unit.node;
  const name = writtenClassName(target);
  const facts: ExtensionFacts = {
    target: name,
    classSide,
    method: methodFacts([{ node: method, offset: unit.offset, line: unit.line }]),
    package: options.naming.package,
    module: extensionModule(options.naming),
    file: options.file,
  };
  const earlier = extensions.findIndex((known) =>
    known.target === name && known.classSide === classSide &&
    known.method.selector === method.selector
  );
  const known = extensions[earlier];
  if (known === undefined) {
    extensions.push(facts);
    return;
  }
  const parameters = known.method.parameters.map(({ name }) => ({ name, type: undefined }));
  extensions[earlier] = { ...known, method: { ...known.method, parameters } };
}

function aliasFacts(unit: PlacedUnit<TypeAlias>, options: FileFactsOptions): AliasFacts {
  const { name, typeParameters, type } = unit.node;
  return {
    name: name.text,
    typeParameters: typeParameters.map((parameter) => parameter.name.text),
    type,
    file: options.file,
    span: placedSpan(unit, name.span),
  };
}

function protocolFacts(
  unit: PlacedUnit<ProtocolDeclaration>,
  options: FileFactsOptions,
): ProtocolFacts {
  const { name, typeParameters, signatures, doc } = unit.node;
  const facts = signatures.map((signature) => ({
    classSide: signature.classSide,
    method: signatureFacts(signature, unit.offset),
  }));
  return {
    name: name.text,
    typeParameters: typeParameters.map((parameter) => parameter.name.text),
    methods: facts.filter((fact) => !fact.classSide).map((fact) => fact.method),
    classMethods: facts.filter((fact) => fact.classSide).map((fact) => fact.method),
    doc: doc?.text,
    file: options.file,
    span: placedSpan(unit, name.span),
  };
}

function signatureFacts(signature: Signature, offset: number): MethodFacts {
  return {
    selector: signature.selector,
    parameters: signature.parameters.map(parameterFacts),
    returnType: signature.returnType,
    sealed: false,
    internal: false,
    primitive: false,
    doc: signature.doc?.text,
    span: placedSpan({ offset }, selectorSpan(signature.selectorSpans, signature.span)),
  };
}

import ts from "typescript";
import type { Field, Fields, ResourceSchema, Shape } from "./shape.ts";

/** Texts of an SDK's declaration files. */
export interface Declarations {
  /** Of the resource: `eks/nodeGroup.d.ts`. */
  readonly resource: string;
  /** Of a namespace of `types/input.d.ts`, or all of it for `""`. */
  readonly inputTypes: (namespace: string) => string;
}

/** Reads what the resource class and its arguments are declared to be. Throws RangeError where they are not declared. */
export function readResource(className: string, declarations: Declarations): ResourceSchema {
  const source = parse(declarations.resource);
  const objects = new Map<string, Fields>();
  const inputTypes = new Map<string, ReadonlyMap<string, ts.InterfaceDeclaration>>();
  const interfaceOf = (name: string): ts.InterfaceDeclaration => {
    const [namespace = "", member = ""] = name.includes(".") ? name.split(".") : ["", name];
    let known = inputTypes.get(namespace);
    if (known === undefined)
      inputTypes.set(namespace, (known = interfacesIn(parse(declarations.inputTypes(namespace)))));
    return declared(known.get(member), `inputs.${name}`);
  };
  const fieldsOf = (declaration: ts.InterfaceDeclaration): Fields =>
    Object.fromEntries(declaration.members.filter(ts.isPropertySignature).map((member) => fieldOf(member, need)));
  const need = (name: string): void => {
    if (objects.has(name)) return;
    objects.set(name, {});
    objects.set(name, fieldsOf(interfaceOf(name)));
  };
  const inputs = fieldsOf(declared(interfacesIn(source).get(`${className}Args`), `${className}Args`));
  return { inputs, objects: Object.fromEntries(objects), outputs: outputsOf(source, className) };
}

function parse(text: string): ts.SourceFile {
  return ts.createSourceFile("declarations.d.ts", text, ts.ScriptTarget.Latest, true);
}

function interfacesIn(source: ts.SourceFile): ReadonlyMap<string, ts.InterfaceDeclaration> {
  const found = new Map<string, ts.InterfaceDeclaration>();
  const visit = (node: ts.Node): void => {
    if (ts.isInterfaceDeclaration(node)) found.set(node.name.text, node);
    else if (ts.isModuleDeclaration(node) || ts.isModuleBlock(node)) ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

function declared<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new RangeError(`the SDK declares no ${name}`);
  return found;
}

function outputsOf(source: ts.SourceFile, className: string): string[] {
  const found = source.statements.filter(ts.isClassDeclaration).find(({ name }) => name?.text === className);
  return declared(found, className)
    .members.filter(ts.isPropertyDeclaration)
    .filter(({ modifiers }) => !modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword))
    .map(({ name }) => name.getText());
}

function fieldOf(member: ts.PropertySignature, need: (object: string) => void): [string, Field] {
  const shape = member.type === undefined ? ANY : shapeOf(member.type, need);
  return [member.name.getText().replaceAll('"', ""), { shape, required: member.questionToken === undefined }];
}

const ANY: Shape = { kind: "any" };
const INPUT = "pulumi.Input";
const OBJECTS = "inputs.";

const KEYWORDS = new Map<ts.SyntaxKind, Shape>([
  [ts.SyntaxKind.StringKeyword, { kind: "string" }],
  [ts.SyntaxKind.NumberKeyword, { kind: "number" }],
  [ts.SyntaxKind.BooleanKeyword, { kind: "boolean" }],
]);

/** Enumerations and references to resource classes accompany `string` in the SDKs, which says all that is needed. */
function shapeOf(type: ts.TypeNode, need: (object: string) => void): Shape {
  const keyword = KEYWORDS.get(type.kind);
  if (keyword !== undefined) return keyword;
  if (ts.isParenthesizedTypeNode(type)) return shapeOf(type.type, need);
  if (ts.isArrayTypeNode(type)) return { kind: "list", of: shapeOf(type.elementType, need) };
  if (ts.isTypeLiteralNode(type)) {
    const [signature] = type.members.filter(ts.isIndexSignatureDeclaration);
    return signature === undefined ? ANY : { kind: "map", of: shapeOf(signature.type, need) };
  }
  if (ts.isUnionTypeNode(type)) return unionOf(type.types.filter(isDefined).map((member) => shapeOf(member, need)));
  if (!ts.isTypeReferenceNode(type)) return ANY;
  const name = type.typeName.getText();
  const [argument] = type.typeArguments ?? [];
  if (name === INPUT && argument !== undefined) return shapeOf(argument, need);
  if (!name.startsWith(OBJECTS)) return ANY;
  const object = name.slice(OBJECTS.length);
  need(object);
  return { kind: "object", name: object };
}

function isDefined(type: ts.TypeNode): boolean {
  return type.kind !== ts.SyntaxKind.UndefinedKeyword;
}

function unionOf(shapes: readonly Shape[]): Shape {
  const telling = shapes.filter(({ kind }) => kind !== "any");
  const [first = ANY, ...others] = telling;
  return others.length === 0 ? first : { kind: "union", of: telling };
}

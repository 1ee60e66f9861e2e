import { join, relative } from "node:path";
import * as ts from "typescript";

const root = join(__dirname, "../../..");

/** What is exported, with what its doc comment says. */
export interface Documented {
  readonly name: string;
  readonly text: string;
  /** The text of a tag, once for each time that it stands there: `default`, `throws`, `param`, `example`. */
  readonly tags: (tag: string) => string[];
}

/** A property, a method or a constant. */
export interface Member extends Documented {
  readonly kind: "property" | "method";
  readonly isStatic: boolean;
  readonly optional: boolean;
  /** Its type, or its parameters and what it returns, as TypeScript. */
  readonly type: string;
}

/** An export of the construct library. */
export interface Export extends Documented {
  readonly kind: "class" | "interface" | "type" | "function";
  /** Where it is declared, below `lib`. */
  readonly file: string;
  /** What it extends and implements that readers can look up, as TypeScript. */
  readonly bases: readonly string[];
  /** Of a class, how one is made, as TypeScript; nothing where only others make one. */
  readonly construction?: string | undefined;
  /** Of a type or a function, what it is. */
  readonly type?: string | undefined;
  readonly members: readonly Member[];
}

/** All that `lib/index.ts` exports but namespaces, in the order of their names. */
export function publicApi(): Export[] {
  const entry = join(root, "lib/index.ts");
  const config = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.config.compilerOptions, root);
  const program = ts.createProgram([entry], options);
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
  const exported = checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => !(symbol.flags & ts.SymbolFlags.ValueModule));
  const names = new Set(exported.map(({ name }) => name));
  return exported
    .map((symbol) => exportOf(symbol, checker, names))
    .sort((a, b) => a.name.localeCompare(b.name, "en"));
}

function exportOf(symbol: ts.Symbol, checker: ts.TypeChecker, names: ReadonlySet<string>): Export {
  const node = symbol.declarations![0]!;
  const about = {
    ...documented(symbol, checker),
    file: relative(join(root, "lib"), node.getSourceFile().fileName),
  };
  if (ts.isTypeAliasDeclaration(node)) {
    const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias;
    const type = checker.typeToString(checker.getTypeAtLocation(node), undefined, flags);
    return {
      ...about,
      kind: "type",
      bases: [],
      members: [],
      type: type.includes("{") ? textOf(node.type) : type,
    };
  }
  if (ts.isFunctionDeclaration(node)) {
    return { ...about, kind: "function", bases: [], members: [], type: signatureOf(node) };
  }
  if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) {
    throw new Error(`Nothing describes exports like ${symbol.name} (${ts.SyntaxKind[node.kind]}).`);
  }
  const bases = basesOf(node, checker, names);
  return {
    ...about,
    kind: ts.isClassDeclaration(node) ? "class" : "interface",
    bases,
    construction: ts.isClassDeclaration(node) ? constructionOf(node) : undefined,
    members: [...staticMembers(symbol), ...ownMembers(node, checker, names)]
      .map((member) => memberOf(member, checker))
      .filter((member) => member !== undefined),
  };
}

type Shape = ts.ClassDeclaration | ts.InterfaceDeclaration;

/** What stands after `extends` and `implements`; of our own only what is exported, in its place what that extends. */
function basesOf(node: Shape, checker: ts.TypeChecker, names: ReadonlySet<string>): string[] {
  return (node.heritageClauses ?? []).flatMap(({ types }) =>
    types.flatMap((type) => {
      const base = declarationOf(type, checker);
      const hidden = base && isOurs(base) && !names.has(base.name!.text);
      return hidden ? basesOf(base, checker, names) : [textOf(type)];
    }),
  );
}

function declarationOf(type: ts.ExpressionWithTypeArguments, checker: ts.TypeChecker): Shape | undefined {
  return checker
    .getTypeAtLocation(type)
    .symbol?.declarations?.find((node) => ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node));
}

const isOurs = (node: ts.Node): boolean =>
  node.getSourceFile().fileName.startsWith(join(root, "lib/constructs/"));

const staticMembers = (symbol: ts.Symbol): ts.Symbol[] =>
  [...(symbol.exports?.values() ?? [])].filter(({ name }) => name !== "prototype");

/** Members that are declared here, or in a base of ours that is not exported and so is described nowhere else. */
function ownMembers(node: Shape, checker: ts.TypeChecker, names: ReadonlySet<string>): ts.Symbol[] {
  return checker
    .getTypeAtLocation(node)
    .getProperties()
    .filter(({ declarations }) => {
      const owner = declarations?.[0]?.parent;
      if (!owner || !isOurs(owner)) return false;
      if (owner === node || ts.isConstructorDeclaration(owner)) return true;
      return (
        (ts.isClassDeclaration(owner) || ts.isInterfaceDeclaration(owner)) && !names.has(owner.name!.text)
      );
    });
}

function memberOf(symbol: ts.Symbol, checker: ts.TypeChecker): Member | undefined {
  const node = symbol.declarations![0]!;
  const flags = ts.getCombinedModifierFlags(node as ts.Declaration);
  if (flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) return undefined;
  if (!ts.isClassElement(node) && !ts.isTypeElement(node) && !ts.isParameter(node)) return undefined;
  const about = {
    ...documented(symbol, checker),
    isStatic: (flags & ts.ModifierFlags.Static) !== 0,
    optional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
  };
  if (about.tags("internal").length > 0) return undefined;
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) {
    return { ...about, kind: "method", type: signatureOf(node) };
  }
  const declared = (node as ts.PropertyDeclaration).type;
  const type = declared ? textOf(declared) : checker.typeToString(checker.getTypeOfSymbol(symbol));
  return { ...about, kind: "property", type };
}

/** The parameters of a constructor that anybody may call. */
function constructionOf(node: ts.ClassDeclaration): string | undefined {
  const made = node.members.find(ts.isConstructorDeclaration);
  const isHidden =
    (made ? ts.getCombinedModifierFlags(made) : 0) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected);
  return made && !isHidden ? `new ${node.name!.text}(${parametersOf(made)})` : undefined;
}

function signatureOf(node: ts.SignatureDeclaration): string {
  return `${node.name!.getText()}(${parametersOf(node)})${node.type ? `: ${textOf(node.type)}` : ""}`;
}

/** Parameters as a caller sees them: what is taken apart has the name of its type, what has a default is optional. */
function parametersOf(node: ts.SignatureDeclaration): string {
  return node.parameters
    .map(({ name, type, initializer, questionToken, dotDotDotToken }) => {
      const called = ts.isIdentifier(name)
        ? name.text
        : /Props\b/.test(type?.getText() ?? "")
          ? "props"
          : "options";
      const optional = initializer || questionToken ? "?" : "";
      return `${dotDotDotToken ? "..." : ""}${called}${optional}${type ? `: ${textOf(type)}` : ""}`;
    })
    .join(", ");
}

function documented(symbol: ts.Symbol, checker: ts.TypeChecker): Documented {
  const tags = symbol.getJsDocTags(checker);
  return {
    name: symbol.name,
    text: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
    tags: (name) =>
      tags.filter((tag) => tag.name === name).map(({ text }) => ts.displayPartsToString(text).trim()),
  };
}

/** TypeScript on one line, without the comments in it. */
const textOf = (node: ts.Node): string =>
  node
    .getText()
    .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")
    .replace(/\s+/g, " ");

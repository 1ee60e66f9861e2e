import { readdirSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";
import packageJson from "../package.json";

// What an editor shows of the built package: a comment for everything that others can name, and a name for all they see.

const dist = join(__dirname, "../dist/");
const fileOf = (entry: { readonly types: string }): string => join(__dirname, "..", entry.types);
const { "./package.json": _, "./bindings": bindings, ...written } = packageJson.exports;
const entries = Object.values(written).map(fileOf);
const program = ts.createProgram([...entries, fileOf(bindings)], {
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  target: ts.ScriptTarget.ES2022,
});
const checker = program.getTypeChecker();

/** What an entry exports, by its path for users; what it exports as a namespace, too. */
function exportsOf(entry: string): Map<string, ts.Symbol> {
  const found = new Map<string, ts.Symbol>();
  const collect = (module: ts.Symbol, prefix: string) => {
    for (const one of checker.getExportsOfModule(module)) {
      const symbol = one.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(one) : one;
      if (symbol.flags & ts.SymbolFlags.ValueModule) collect(symbol, `${prefix}${one.name}.`);
      else found.set(prefix + one.name, symbol);
    }
  };
  collect(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!, "");
  return found;
}

const isOurs = (node: ts.Node): boolean =>
  node.getSourceFile().fileName.startsWith(dist) &&
  !node.getSourceFile().fileName.startsWith(join(dist, "bindings/"));

/** Members that are written in the class, interface or type itself; those of a schema have their descriptions there. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  const own = symbol.declarations!.filter((node) => !ts.isVariableDeclaration(node));
  const declared = [
    ...checker.getDeclaredTypeOfSymbol(symbol).getProperties(),
    ...(symbol.exports?.values() ?? []),
  ];
  return declared.filter(({ name, declarations = [] }) => {
    const owners = declarations.map(({ parent }) => parent);
    const isWritten = owners.some(
      (owner) =>
        isOurs(owner) &&
        (ts.isClassDeclaration(owner) ||
          ts.isInterfaceDeclaration(owner) ||
          own.some(
            (node) =>
              node.pos <= owner.pos &&
              owner.end <= node.end &&
              node.getSourceFile() === owner.getSourceFile(),
          )),
    );
    return name !== "prototype" && isWritten && !declarations.some(isHidden);
  });
}

const isHidden = (node: ts.Node): boolean =>
  (ts.isPropertyDeclaration(node) && ts.isPrivateIdentifier(node.name)) ||
  (ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(
      ({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword,
    ));

const isCommented = (symbol: ts.Symbol): boolean => symbol.getDocumentationComment(checker).length > 0;

/** Types of ours that a declaration shows to its readers: those of what it takes, has and gives. */
function shownBy(node: ts.Node): ts.Symbol[] {
  if (isHidden(node) || ts.isHeritageClause(node)) return [];
  const named = ts.isTypeReferenceNode(node) ? checker.getSymbolAtLocation(node.typeName) : undefined;
  const symbol = named && named.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(named) : named;
  const within: ts.Symbol[] = [];
  node.forEachChild((child) => void within.push(...shownBy(child)));
  const isOne = symbol && !(symbol.flags & ts.SymbolFlags.TypeParameter) && symbol.declarations?.some(isOurs);
  return isOne ? [symbol, ...within] : within;
}

test.each(entries)("%s: everything that is exported, and every member of it, has a comment", (entry) => {
  const missing = [...exportsOf(entry)].flatMap(([path, symbol]) => {
    const members = membersOf(symbol).filter((member) => !isCommented(member));
    return [...(isCommented(symbol) ? [] : [path]), ...members.map(({ name }) => `${path}.${name}`)];
  });
  expect(missing).toEqual([]);
});

test("every type that an exported declaration shows is exported, too", () => {
  const everything = [...entries, fileOf(bindings)].flatMap((entry) => [...exportsOf(entry)]);
  const known = new Set(everything.map(([, symbol]) => symbol));
  const unnamed = everything.flatMap(([path, symbol]) =>
    (symbol.declarations ?? [])
      .filter(isOurs)
      .flatMap(shownBy)
      .filter((shown) => !known.has(shown))
      .map(({ name }) => `${path} shows ${name}`),
  );
  expect([...new Set(unnamed)]).toEqual([]);
});

test("the build has the declarations that these show and no other, and they compile", () => {
  const shown = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(dist));
  const built = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".d.ts"),
  );
  expect(shown.map(({ fileName }) => fileName.slice(dist.length)).sort()).toEqual(built.sort());
  const problems = shown.flatMap((file) => program.getSemanticDiagnostics(file));
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
});

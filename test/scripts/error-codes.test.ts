import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { expect, it } from 'vitest'
import { errorCodes } from '@/lib/contracts/error-code'

// That a code is one of the record is the compiler's to say; here is what it does not see.

const root = path.resolve(import.meta.dirname, '../..')
const known = new Set<string>(Object.keys(errorCodes))
const sources = ['app', 'components', 'lib', 'worker', 'scripts'].flatMap((folder) => filesBelow(folder, /\.tsx?$/))
const found = findCodes(sources.filter((file) => !/^(components|lib\/client)\//.test(path.relative(root, file))))

it('has no code that is thrown nowhere', () => {
  expect([...known].filter((code) => !found.codes.has(code))).toEqual([])
})

it('is thrown by name: no place hides which codes it throws', () => {
  expect(found.opaque).toEqual([])
})

it('has every code that the documentation names', () => {
  const text = sources.map((file) => readFileSync(file, 'utf8')).join('\n')
  const files = [...sources, ...filesBelow('test', /\.ts$/)].map((file) => path.basename(file))
  const pages = [...filesBelow('docs', /\.md$/), ...filesBelow('deploy', /\.md$/), path.join(root, 'README.md')]
  const gone: string[] = []
  for (const page of pages) {
    for (const [, name = ''] of readFileSync(page, 'utf8').matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)) {
      // What is no code is another word of the product: it stands in the code, or names a file.
      const isWord = text.includes(`'${name}'`) || files.some((file) => file.startsWith(`${name}.`))
      if (!known.has(name) && !isWord) gone.push(`${path.relative(root, page)}: ${name}`)
    }
  }
  expect(gone).toEqual([])
})

function filesBelow(folder: string, kind: RegExp): string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => kind.test(file) && !file.includes('generated'))
    .map((file) => path.join(root, folder, file))
}

/** Codes that are thrown or written as failures, and the places that do not say which they throw. */
function findCodes(files: string[]): { codes: Set<string>; opaque: string[] } {
  const codes = new Set<string>()
  const opaque: string[] = []
  for (const file of files) {
    const tree = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
    const note = (node: ts.Expression) => {
      // The code of an error or failure that there is already is passed on.
      if (ts.isPropertyAccessExpression(node) && node.name.text === 'code') return
      if (ts.isStringLiteral(node)) return codes.add(node.text)
      const given = ts.isIdentifier(node) ? givenFor(node) : []
      if (given.length > 0) given.forEach(note)
      else opaque.push(placeOf(node))
    }
    for (const node of nodesOf(tree)) {
      const [code] =
        ts.isNewExpression(node) && node.expression.getText() === 'HoldfastError' ? (node.arguments ?? []) : []
      if (code) note(code)
      if (ts.isAsExpression(node) && node.type.getText() === 'ErrorCode') opaque.push(placeOf(node))
      if (ts.isObjectLiteralExpression(node)) {
        const failure = literalOf(node, 'code')
        if (failure === null || propertyOf(node, 'message') === undefined) continue
        codes.add(failure)
        if (isUntyped(node)) opaque.push(placeOf(node))
      }
    }
  }
  return { codes, opaque }
}

function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node
  for (const child of node.getChildren()) yield* nodesOf(child)
}

/** What the calls in the same file give for a parameter; nothing for any other name. */
function givenFor(name: ts.Identifier): ts.Expression[] {
  for (let at: ts.Node = name.parent; !ts.isSourceFile(at); at = at.parent) {
    if (!ts.isFunctionDeclaration(at) && !ts.isArrowFunction(at)) continue
    const index = at.parameters.findIndex((parameter) => parameter.name.getText() === name.text)
    if (index < 0) continue
    const maker = ts.isVariableDeclaration(at.parent) ? at.parent.name.getText() : at.name?.getText()
    return [...nodesOf(name.getSourceFile())].flatMap((node) =>
      ts.isCallExpression(node) && node.expression.getText() === maker ? (node.arguments[index] ?? []) : [],
    )
  }
  return []
}

function propertyOf(node: ts.ObjectLiteralExpression, name: string): ts.ObjectLiteralElementLike | undefined {
  return node.properties.find((property) => property.name?.getText() === name)
}

function literalOf(node: ts.ObjectLiteralExpression, name: string): string | null {
  const property = propertyOf(node, name)
  return property && ts.isPropertyAssignment(property) && ts.isStringLiteral(property.initializer)
    ? property.initializer.text
    : null
}

/** A failure that the compiler takes with any code: it goes into a column as it is, or into a variable without a type. */
function isUntyped({ parent }: ts.ObjectLiteralExpression): boolean {
  if (ts.isVariableDeclaration(parent)) return parent.type === undefined
  return ts.isCallExpression(parent) && parent.expression.getText() === 'toJson'
}

function placeOf(node: ts.Node): string {
  const tree = node.getSourceFile()
  const { line } = tree.getLineAndCharacterOfPosition(node.getStart())
  return `${path.relative(root, tree.fileName)}:${line + 1} ${node.getText()}`
}

// Reads {"tables": {table: {column: type}}, "queries": {name: text}} and writes, as JSON, what is
// wrong with each query: {name: ["line 3: ...", ...]}. The library makes the global Kusto.
'use strict'
require('@kusto/language-service-next/bridge.min.js')
require('@kusto/language-service-next/Kusto.Language.Bridge.min.js')
const { KustoCode, GlobalState, Symbols } = Kusto.Language

function workspace(tables) {
  const symbols = Object.entries(tables).map(([name, columns]) => {
    const schema = Object.entries(columns).map(([column, type]) => `${column}: ${type}`).join(', ')
    return new Symbols.TableSymbol.$ctor7(name, `(${schema})`, null)
  })
  return GlobalState.Default.WithDatabase(new Symbols.DatabaseSymbol.ctor('workspace', symbols))
}

function complaints(text, globals) {
  const found = KustoCode.ParseAndAnalyze(text, globals).GetDiagnostics()
  return Array.from({ length: found.Count }, (_, place) => {
    const { Start, Code, Message } = found.getItem(place)
    return `line ${text.slice(0, Start).split('\n').length}: ${Code} ${Message}`
  })
}

const { tables, queries } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'))
const globals = workspace(tables)
const told = Object.entries(queries).map(([name, text]) => [name, complaints(text, globals)])
process.stdout.write(JSON.stringify(Object.fromEntries(told)))

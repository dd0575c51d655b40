import { yaml } from '@codemirror/lang-yaml'
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, minimalSetup } from 'codemirror'
import { lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { RulesetIssue } from '../../api/answers.ts'
import { styleNonce } from '../../ui/style-nonce.ts'

interface Props {
  readonly text: string
  readonly change: (text: string) => void
  readonly issues: readonly RulesetIssue[]
  readonly isReadOnly: boolean
}

/** The ruleset as its file, faults at their lines. */
export function YamlEditor({ text, change, issues, isReadOnly }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  const tell = useRef(change)
  tell.current = change
  useEffect(() => {
    if (!place.current) return
    const made = new EditorView({
      parent: place.current,
      doc: text,
      extensions: [
        minimalSetup,
        lineNumbers(),
        yaml(),
        lintGutter(),
        syntaxHighlighting(colours),
        EditorView.cspNonce.of(styleNonce()),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'The ruleset as YAML' }),
        EditorState.readOnly.of(isReadOnly),
        look,
        EditorView.updateListener.of((update) => {
          if (
            update.docChanged &&
            update.transactions.some(
              (one) =>
                one.isUserEvent('input') ||
                one.isUserEvent('delete') ||
                one.isUserEvent('undo') ||
                one.isUserEvent('redo') ||
                one.isUserEvent('move'),
            )
          )
            tell.current(update.state.doc.toString())
        }),
      ],
    })
    view.current = made
    // What scrolls can be reached by key.
    made.scrollDOM.tabIndex = 0
    return () => made.destroy()
    // The text of later renders comes by the effect below.
  }, [isReadOnly])
  useEffect(() => {
    const now = view.current?.state.doc.toString()
    if (now !== undefined && now !== text)
      view.current?.dispatch({ changes: { from: 0, to: now.length, insert: text } })
  }, [text])
  useEffect(() => {
    const editor = view.current
    if (!editor) return
    const { doc } = editor.state
    const diagnostics = issues
      .filter(({ line }) => line >= 1 && line <= doc.lines)
      .map(({ line, message, code }) => {
        const { from, to } = doc.line(line)
        const severity = code.startsWith('ruleset.warn') ? ('warning' as const) : ('error' as const)
        return { from, to, message, severity }
      })
    editor.dispatch(setDiagnostics(editor.state, diagnostics))
  }, [issues, text])
  return <div ref={place} className="yaml-editor" />
}

const look = EditorView.theme({
  '&': { fontSize: '12.5px', maxHeight: '68vh', color: 'var(--mantine-color-text)' },
  '&.cm-focused': { outline: '2px solid var(--mantine-color-ink-6)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.55', overflow: 'auto' },
  '.cm-gutters': { background: 'var(--app-surface)', color: 'var(--mantine-color-dimmed)', border: 'none' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { background: 'var(--tone-blue-bg) !important' },
})

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--tone-blue-fg)' },
  { tag: [tags.string, tags.content], color: 'var(--mantine-color-text)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--mantine-color-dimmed)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.keyword], color: 'var(--tone-violet-fg)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--mantine-color-dimmed)' },
])

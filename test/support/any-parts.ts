import * as fc from 'fast-check';
import { type DirectiveNode, Kind, parse, print, type SelectionNode, visit } from 'graphql';
import { anyQuestion } from './any-question.ts';

/** Generates an operation (`question`), and a variant of the operation (`inParts`) that streams some rows and defers some fields. */
export const anyQuestionInParts = fc
  .tuple(anyQuestion, fc.array(fc.nat({ max: 5 }), { minLength: 12, maxLength: 12 }))
  .map(([question, dice]) => ({ question, inParts: withParts(question, dice) }));

function withParts(question: string, dice: readonly number[]): string {
  let thrown = 0;
  const roll = () => dice[thrown++ % dice.length] ?? 0;
  const initialCount = roll();
  // The gateway refuses an operation that streams the same list in two deferred fragments. So the list `nodes` is streamed only if the
  // operation cannot select it twice.
  const isStreamed = roll() < 4 && !question.includes('...Rows') && !question.includes('nodes { gpuCount }');
  const document = visit(parse(question), {
    SelectionSet: {
      leave(set) {
        const at = roll();
        if (at >= set.selections.length) return undefined;
        return { ...set, selections: [...set.selections.slice(0, at), deferred(set.selections.slice(at))] };
      },
    },
    Field: {
      leave(node) {
        // GraphQL requires that all selections of the same list have the same @stream directive, so every selection of `nodes` gets it.
        if (node.name.value !== 'nodes' || !isStreamed) return undefined;
        return {
          ...node,
          directives: [...(node.directives ?? []), directiveOf(`@stream(initialCount: ${initialCount})`)],
        };
      },
    },
  });
  return print(document);
}

function deferred(selections: readonly SelectionNode[]): SelectionNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    directives: [directiveOf('@defer')],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...selections] },
  };
}

function directiveOf(text: string): DirectiveNode {
  const [definition] = parse(`{ a ${text} }`).definitions;
  const node = definition && 'selectionSet' in definition ? definition.selectionSet?.selections[0] : undefined;
  const directive = node?.directives?.[0];
  if (directive === undefined) throw new Error(`no directive: ${text}`);
  return directive;
}

import { type ConstDirectiveNode, type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';

/** A document in which each `@defer` and `@stream` has a unique label. */
export interface LabelledDocument {
  readonly document: DocumentNode;
  /** Maps the unique labels in `document` to the labels that the client chose. */
  readonly labels: ReadonlyMap<string, string>;
}

/**
 * Gives every `@defer` and `@stream` of a document a unique label. The executor identifies a deferred fragment only by its path and label.
 * Without unique labels, two deferred fragments on the same object could not be distinguished. Each document is labelled only once.
 */
export function labelParts(document: DocumentNode): LabelledDocument {
  const known = labelled.get(document);
  if (known !== undefined) return known;
  const labels = new Map<string, string>();
  let count = 0;
  const made = {
    document: visit(document, {
      [Kind.DIRECTIVE](node) {
        if (node.name.value !== 'defer' && node.name.value !== 'stream') return undefined;
        count += 1;
        const label = String(count);
        const own = node.arguments?.find(({ name }) => name.value === 'label')?.value;
        if (own?.kind === Kind.STRING) labels.set(label, own.value);
        return withLabel(node, label);
      },
    }),
    labels,
  };
  labelled.set(document, made);
  return made;
}

const labelled = new WeakMap<DocumentNode, LabelledDocument>();

function withLabel(node: DirectiveNode | ConstDirectiveNode, label: string): DirectiveNode {
  const others = node.arguments?.filter(({ name }) => name.value !== 'label') ?? [];
  const name = { kind: Kind.NAME, value: 'label' } as const;
  return { ...node, arguments: [...others, { kind: Kind.ARGUMENT, name, value: { kind: Kind.STRING, value: label } }] };
}

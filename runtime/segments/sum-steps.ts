/** Entities that are in the same of several sets: of each set the label under which they are in it. */
export interface Signature {
  readonly labels: readonly (string | undefined)[];
  readonly entities: number;
  readonly sample: readonly string[];
}

/** One reason for a change. */
export interface ChangeStep {
  readonly step: 'restatement' | 'behaviour' | 'ruler' | 'rule';
  /** Of a split. */
  readonly part?: string;
  readonly entered: number;
  readonly left: number;
  /** A few of them. */
  readonly who: { readonly entered: readonly string[]; readonly left: readonly string[] };
}

export interface Sums {
  readonly steps: readonly ChangeStep[];
  readonly interaction: readonly { readonly part?: string; readonly net: number }[];
  /** Entities in each set. */
  readonly sizes: readonly number[];
}

/**
 * Who came and who went from each set to the next, in the order of `names`. The last set stands aside: the second rule at the first cut, by which it is told how much of the rule's step is the rule's alone. So
 * the nets of the steps add up to the last size but one less the first, whatever the sets are.
 */
export function sumSteps(
  signatures: readonly Signature[],
  names: readonly ChangeStep['step'][],
  { samples, isSplit }: { readonly samples: number; readonly isSplit: boolean },
): Sums {
  const parts = [...new Set(signatures.flatMap(({ labels }) => labels.filter((label) => label !== undefined)))].sort();
  const labelled = isSplit ? parts : ['member'];
  const named = (part: string) => (isSplit ? { part } : {});
  const steps = names.flatMap((step, i) =>
    labelled.map((part): ChangeStep => ({ step, ...named(part), ...count(signatures, part, i, i + 1, samples) })),
  );
  const aside = names.length + 1;
  const interaction = labelled.map((part) => {
    const net = (from: number, to: number) => {
      const { entered, left } = count(signatures, part, from, to, 0);
      return entered - left;
    };
    return { ...named(part), net: net(names.length - 1, names.length) - net(1, aside) };
  });
  const sizes = Array.from({ length: aside + 1 }, (_, i) =>
    signatures.reduce((sum, { labels, entities }) => sum + (labels[i] === undefined ? 0 : entities), 0),
  );
  return { steps, interaction, sizes };
}

function count(
  signatures: readonly Signature[],
  part: string,
  from: number,
  to: number,
  samples: number,
): Pick<ChangeStep, 'entered' | 'left' | 'who'> {
  const came = signatures.filter(({ labels }) => labels[from] !== part && labels[to] === part);
  const went = signatures.filter(({ labels }) => labels[from] === part && labels[to] !== part);
  const sum = (some: readonly Signature[]) => some.reduce((all, { entities }) => all + entities, 0);
  const few = (some: readonly Signature[]) =>
    some
      .flatMap(({ sample }) => sample)
      .sort()
      .slice(0, samples);
  return { entered: sum(came), left: sum(went), who: { entered: few(came), left: few(went) } };
}

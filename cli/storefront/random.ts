/** A stream of chance, made only of 32-bit integer steps and exact divisions. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** In [from, to], both included. */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  /** One of the items, each with its weight. */
  pick<T>(items: readonly (readonly [T, number])[]): T;
  /** Mean 0, deviation 1: the sum of twelve uniforms, since `Math.log` and `Math.cos` may differ in the last bit between engines. */
  normal(): number;
  /** `exp(sigma * normal)`: median 1. */
  logNormal(sigma: number): number;
  hex(digits: number): string;
}

/**
 * sfc32 (Chris Doty-Humphrey's Small Fast Counter, PractRand-clean, period at least 2^32): four words of state, no multiplication, so that each step is exact on
 * every machine. Each subject draws from a stream of its own, named by its labels: a draw added to one subject moves no other.
 */
export function createRandom(seed: number, ...labels: readonly (string | number)[]): Random {
  const next32 = sfc32(seed, labels.join('/'));
  const next = (): number => next32() / 4294967296;
  const normal = (): number => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += next();
    return sum;
  };
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => pickWeighted(items, next()),
    normal,
    logNormal: (sigma) => exp(sigma * normal()),
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += next32().toString(16).padStart(8, '0');
      return text.slice(0, digits);
    },
  };
}

function sfc32(seed: number, label: string): () => number {
  let [a, b, c] = hashWords(`${seed}/${label}`);
  let counter = 1;
  const step = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return t >>> 0;
  };
  // The author's own warm-up: after it, near seeds are no longer near.
  for (let i = 0; i < 12; i++) step();
  return step;
}

/** FNV-1a over the text, three times with different offsets. */
function hashWords(text: string): [number, number, number] {
  const words: [number, number, number] = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b];
  for (let i = 0; i < text.length; i++) {
    for (let w = 0; w < 3; w++) words[w] = Math.imul(words[w]! ^ text.charCodeAt(i), 0x01000193);
  }
  return words;
}

function pickWeighted<T>(items: readonly (readonly [T, number])[], at: number): T {
  let total = 0;
  for (const [, weight] of items) total += weight;
  let left = at * total;
  for (const [item, weight] of items) {
    left -= weight;
    if (left < 0) return item;
  }
  return items[items.length - 1]![0];
}

/** (1 + x/4096)^4096 by twelve squarings: within 0.1 % where it is used (|x| < 3), and the same bits everywhere. */
function exp(x: number): number {
  let power = 1 + x / 4096;
  for (let i = 0; i < 12; i++) power *= power;
  return power;
}

import type { PlacementPreference } from '../graphql/graphql.ts';

/** What a visitor needs, as the form shows it. An empty text sets no condition. */
export interface Form {
  /** A GPU type id or display name, or words that the display name of the GPU types must contain. */
  readonly gpu: string;
  /** The minimum memory, in GB. */
  readonly memory: string;
  /** Whether `memory` is that of one GPU or that of all GPUs of the pod together. */
  readonly memoryOf: 'gpu' | 'pod';
  /** The number of GPUs on the pod. If it is empty, the gateway takes the smallest number with enough memory. */
  readonly count: string;
  /** A region, country or data center, such as 'region=EUROPE', 'country=RO' or 'datacenter=EU-RO-1'. */
  readonly place: string;
  /** The highest price of a pod, in US dollars per hour. */
  readonly price: string;
  readonly networkVolume: boolean;
  readonly globalNetwork: boolean;
  readonly certifications: readonly string[];
  readonly prefer: PlacementPreference;
  /** How many pods the page lists at most. */
  readonly first: number;
}

/** The maximum length of the list of pods: at first, after the first click on the button for more, and after the second click. */
const LISTED = [10, 50, 200] as const;

export const EMPTY_FORM: Form = {
  gpu: '',
  memory: '',
  memoryOf: 'gpu',
  count: '',
  place: '',
  price: '',
  networkVolume: false,
  globalNetwork: false,
  certifications: [],
  prefer: 'CHEAPEST',
  first: LISTED[0],
};

/** Returns the smallest list length in `LISTED` that is greater than `first`; `null` if `first` is already the greatest one. */
export const nextFirst = (first: number): number | null => LISTED.find((step) => step > first) ?? null;

/** The kinds of places, which are also the names of their parameters in the URL. */
const PLACE_KINDS = ['region', 'country', 'datacenter'] as const;

/** Returns the form as the query string of a URL, with '?'. Returns an empty string if the form is empty. */
export function formToSearch(form: Form): string {
  const params = new URLSearchParams();
  const setText = (name: string, text: string) => {
    if (text.trim() !== '') params.set(name, text.trim());
  };
  setText('gpu', form.gpu);
  // The parameter 'podmemory' is set even if no memory is given, so that the URL records whether the visitor has chosen 'per pod'.
  if (form.memoryOf === 'pod') params.set('podmemory', form.memory.trim());
  else setText('memory', form.memory);
  setText('count', form.count);
  const [kind = '', ...place] = form.place.split('=');
  if (form.place !== '') params.set(kind, place.join('='));
  setText('price', form.price);
  if (form.networkVolume) params.set('volume', 'yes');
  if (form.globalNetwork) params.set('global', 'yes');
  for (const name of form.certifications) params.append('certification', name);
  if (form.prefer === 'LIKELIEST') params.set('order', 'likeliest');
  if (form.first !== EMPTY_FORM.first) params.set('show', String(form.first));
  const search = params.toString();
  return search === '' ? '' : `?${search}`;
}

/**
 * Parses a query string into the form. If a number is expected, any other text is ignored, because a visitor may have written the URL by
 * hand. Other invalid values stay in the form. The gateway rejects them with a message that explains the problem.
 */
export function formFromSearch(search: string): Form {
  const params = new URLSearchParams(search);
  const numberOf = (name: string) => {
    const text = params.get(name) ?? '';
    // A number field shows only decimal numbers. `Number` also parses '0x10', '0b1' and '0o7', so these are excluded.
    return Number.isFinite(Number(text)) && !/[xbo]/i.test(text) ? text.trim() : '';
  };
  const kind = PLACE_KINDS.find((name) => (params.get(name) ?? '') !== '');
  const isPodMemory = params.has('podmemory');
  const first = Number(params.get('show'));
  return {
    gpu: params.get('gpu') ?? '',
    memory: numberOf(isPodMemory ? 'podmemory' : 'memory'),
    memoryOf: isPodMemory ? 'pod' : 'gpu',
    count: numberOf('count'),
    place: kind === undefined ? '' : `${kind}=${params.get(kind)}`,
    price: numberOf('price'),
    networkVolume: params.get('volume') === 'yes',
    globalNetwork: params.get('global') === 'yes',
    certifications: [...new Set(params.getAll('certification'))],
    prefer: params.get('order') === 'likeliest' ? 'LIKELIEST' : 'CHEAPEST',
    first: LISTED.find((step) => step === first) ?? EMPTY_FORM.first,
  };
}

/** Returns a form without needs, but with the same order of pods. */
export const withoutNeeds = ({ prefer }: Form): Form => ({ ...EMPTY_FORM, prefer });

/** Whether the form contains any needs. If so, the page shows a button that clears them. */
export const hasNeeds = (form: Form): boolean =>
  formToSearch({ ...form, first: EMPTY_FORM.first }) !== formToSearch(withoutNeeds(form));

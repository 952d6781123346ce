import { printSubgraph } from '../graphql/schema.ts';
import type * as types from './subgraph-types.ts';

export const sdl: typeof types.sdl = printSubgraph();

import { parse } from 'graphql';
import { printSubgraph } from '../graphql/schema.ts';
import type * as types from './subgraph-types.ts';

export const sdl: typeof types.sdl = printSubgraph();

export const typeDefs: typeof types.typeDefs = parse(sdl);

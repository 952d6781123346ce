/** Serves the notes as a subgraph. */
import { createYoga } from 'graphql-yoga';
import { createNotesSchema } from './notes.ts';
import { serve } from './serve.ts';

await serve('Notes', createYoga({ schema: createNotesSchema(), logging: false }));

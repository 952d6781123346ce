import type { Question } from './question.ts';
import { toCurl } from './shell.ts';

/** The query that the page offers to visitors in GraphiQL and as a curl command. Its variables are a `Question`. */
export const QUERY = `query FindGpu($needs: PlacementNeeds!, $prefer: PlacementPreference!, $first: Int!) {
  placement(needs: $needs, prefer: $prefer, first: $first) {
    totalCount
    options {
      availability {
        gpuType { id displayName }
        dataCenter { id countryCode }
        gpuCount
        stock
        onDemandPrice { perPod perGpu }
        observedAt
        stale
      }
      totalMemoryGb
      createRequest { method url body }
    }
    relaxations { need options cheapest { perPod } }
    excluded { gpuType { id } dataCenter { id } reason message }
    coverage { complete expected observed }
  }
}`;

/** Returns the URL that opens GraphiQL with this question filled in. */
export const graphiQLAddress = (question: Question): string =>
  `/graphql?${new URLSearchParams({ query: QUERY, variables: JSON.stringify(question, null, 2) })}`;

/**
 * Returns a curl command that sends the question to the gateway at `origin`. If a key is required, the shell inserts it from its
 * environment.
 */
export const questionAsCurl = (question: Question, origin: string, isKeyRequired: boolean): string =>
  toCurl({
    method: 'POST',
    url: `${origin}/graphql`,
    body: JSON.stringify({ query: QUERY, variables: question }),
    keyVariable: isKeyRequired ? 'GATEWAY_API_KEY' : null,
  });

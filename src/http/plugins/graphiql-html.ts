import { buildSchema, introspectionFromSchema } from 'graphql';
import { listProjectFolder, readProjectFile } from '../../project-folder.ts';

/** The folder with the example operations. GraphiQL has a tab for each of them, in the order of the file names. */
const EXAMPLES = 'operations/graphiql/';

/**
 * Matches the property that limits how far a tab of GraphiQL can be dragged. The property is removed, because with it, tabs cannot be
 * clicked: a tab would jump away when the mouse button is pressed on it, and would not receive the click.
 */
const DRAG_LIMIT = /\bdragConstraints:\w+,(?=value:\w+,isActive:)/;

/**
 * A style for the GraphiQL page. It keeps the title on one line, and hides the button that fetches the schema again. The button has no
 * effect, because the page contains the schema.
 */
const STYLE =
  '<style>.graphiql-sidebar [aria-label^="Re-fetch"] { visibility: hidden; } .graphiql-logo { white-space: nowrap; }</style>';

/**
 * A script that defines `linked`: a list that contains the operation from the page's URL, or an empty list. GraphiQL itself reads only the
 * query from the URL, not the variables, and shows the query in the tab of the first example.
 */
const LINKED = `<script>
  const address = new URLSearchParams(location.search);
  const linked = address.has('query') ? [{ query: address.get('query'), variables: address.get('variables') }] : [];
</script>`;

/**
 * Renders GraphiQL for an endpoint, with a tab for each example. If the URL has the parameters `query` and `variables`, the page opens with
 * a tab for this operation. The page contains the public schema, for its documentation and completions. A schema from introspection would
 * also show the types and fields that are only for federation gateways.
 */
export async function renderGraphiQLPage(endpoint: string, sdl: string): Promise<string> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const options = {
    endpoint,
    title: 'GPU availability',
    defaultTabs: readExamples(),
    // The icon and the logo are set, because otherwise the page would load them from another server.
    favicon: ICON,
    logo: `<img alt="" width="24" height="24" src="${ICON}">`,
    // The type of the options lacks this property of GraphiQL.
    schema: introspectionFromSchema(buildSchema(sdl)),
  };
  return renderGraphiQL(options)
    .replace(DRAG_LIMIT, '')
    .replace('"defaultTabs":[', '"variables":linked[0]?.variables??undefined,"defaultTabs":[...linked,')
    .replace('</head>', `${STYLE}${LINKED}</head>`);
}

function readExamples(): { query: string }[] {
  return listProjectFolder(EXAMPLES).map((file) => ({ query: readProjectFile(`${EXAMPLES}${file}`) }));
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="2" y="2" width="12" height="12" rx="2" fill="#2563eb"/><rect x="5" y="5" width="6" height="6" rx="1" fill="#fff"/></svg>',
)}`;

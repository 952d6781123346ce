import { parse } from 'graphql';

/**
 * The definitions of `@defer` and `@stream`, for code generators and compilers that read the public SDL. They are not in `schema/`,
 * because supergraph composition rejects subgraphs that define them.
 */
export const INCREMENTAL_DIRECTIVES = parse(`
"""Sends the fields of this fragment in a later part of the response."""
directive @defer(
  """If false, the directive has no effect."""
  if: Boolean! = true
  """A name for the part of the response that has these fields."""
  label: String
) on FRAGMENT_SPREAD | INLINE_FRAGMENT

"""Sends the items of this list in later parts of the response."""
directive @stream(
  """If false, the directive has no effect."""
  if: Boolean! = true
  """A name for the parts of the response that have these items."""
  label: String
  """The least number of items in the first part of the response, 0 or more. A shorter list is sent whole."""
  initialCount: Int = 0
) on FIELD
`);

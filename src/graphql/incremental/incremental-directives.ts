import { parse } from 'graphql';

/**
 * The definitions of `@defer` and `@stream` as operations may use them, for generators and compilers that read the schema as SDL. They are no
 * part of `schema/`, from which supergraphs are composed: composition refuses subgraphs that define them.
 */
export const INCREMENTAL_DIRECTIVES = parse(`
"""Sends the fields of this fragment in a later part of the answer."""
directive @defer(
  """Without effect when false."""
  if: Boolean! = true
  """Names the part of the answer that brings these fields."""
  label: String
) on FRAGMENT_SPREAD | INLINE_FRAGMENT

"""Sends the items of this list in later parts of the answer."""
directive @stream(
  """Without effect when false."""
  if: Boolean! = true
  """Names the parts of the answer that bring these items."""
  label: String
  """How many items the first part of the answer has at least, if there are as many; 0 or more."""
  initialCount: Int = 0
) on FIELD
`);

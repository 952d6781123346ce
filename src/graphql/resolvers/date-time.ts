import { GraphQLError, GraphQLScalarType } from 'graphql';
import { z } from 'zod';

const Instant = z.iso.datetime();

/** Times are RFC 3339 texts in UTC all the way; anything else is a fault of ours. */
export const dateTime = new GraphQLScalarType({
  name: 'DateTime',
  serialize(value) {
    const instant = Instant.safeParse(value);
    if (!instant.success) throw new GraphQLError('DateTime cannot represent a value that is not an RFC 3339 date-time');
    return instant.data;
  },
});

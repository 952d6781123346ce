/** The total of a row or column. It is a question mark if none of the cells is known. */
export function Total({ total }: { readonly total: number | null }) {
  if (total !== null) return <>{total}</>;
  return (
    <>
      <span aria-hidden="true">?</span>
      <span class="visually-hidden">unknown</span>
    </>
  );
}

const ROWS = Array.from({ length: 14 }, (_, index) => index);

/** Stands where the table will be. */
export function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label="Reading what there is">
      {ROWS.map((row) => (
        <div key={row} class="skeleton-row" />
      ))}
    </div>
  );
}

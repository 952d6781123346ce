const ROWS = Array.from({ length: 14 }, (_, index) => index);

/** Stands where everything will be. */
export function Skeleton() {
  return (
    <div class="skeleton" role="status" aria-label="Reading what there is">
      <div class="skeleton-row skeleton-controls" />
      {ROWS.map((row) => (
        <div key={row} class="skeleton-row" />
      ))}
    </div>
  );
}

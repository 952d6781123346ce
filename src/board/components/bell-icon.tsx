/** The picture of a bell: an outline, or filled if the bell is on. */
export const BellIcon = () => (
  <svg class="bell-icon" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
    <path d="M8 1.5a4 4 0 0 0-4 4c0 3-1.5 4.5-1.5 5.5h11c0-1-1.5-2.5-1.5-5.5a4 4 0 0 0-4-4zm-1.5 11a1.5 1.5 0 0 0 3 0z" />
  </svg>
);

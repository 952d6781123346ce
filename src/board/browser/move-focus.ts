/**
 * Moves the focus to the element with this id, without scrolling. Called before the button that has the focus disappears, because a visitor
 * with a keyboard or a screen reader would otherwise be back at the top of the page.
 */
export const moveFocusTo = (id: string): void => document.getElementById(id)?.focus({ preventScroll: true });

/** The `ref` of an element that may disappear with the focus in it. The focus then moves to the main part of the page. */
export const keepFocus = (element: Element | null) => () => {
  if (element?.contains(document.activeElement)) moveFocusTo('main');
};

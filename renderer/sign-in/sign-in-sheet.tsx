/** A sign-in over whatever page is shown. */
export function SignInSheet() {
  return null;
}

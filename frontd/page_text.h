/*
 * The fixed text of the demo page: constants only. A word in braces is a mark
 * that page.c replaces by a value; the style sheets have none.
 */
#ifndef FRONTD_PAGE_TEXT_H
#define FRONTD_PAGE_TEXT_H

extern const char page_text_html[];
extern const char page_text_process[]; /* a row of the table */
extern const char page_text_style[];
extern const char page_text_narrow[]; /* on a small screen, besides */

#endif

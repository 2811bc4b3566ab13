// The one script of every page: brings in what the page needs.

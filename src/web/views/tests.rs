//! What every page and fragment must hold, asked of the HTML by selector.

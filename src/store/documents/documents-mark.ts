/** Says of a database that it has taken the documents over, or has written them itself; and what they were. */
export const DOCUMENTS_MARK = "documents";

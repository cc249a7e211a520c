-- Complaints of secret chats. There is no content: who, of whom, where, when.
CREATE TABLE secret_reports (
    user_id INTEGER NOT NULL,
    chat_id INTEGER NOT NULL,
    about_id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    PRIMARY KEY (user_id, chat_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX secret_reports_by_date ON secret_reports (date DESC, user_id, chat_id);
CREATE INDEX secret_reports_by_about ON secret_reports (about_id);

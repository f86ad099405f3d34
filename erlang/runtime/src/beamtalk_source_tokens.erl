%% @doc Cuts Beamtalk source text into tokens, for questions about methods whose code has no index:
%% those that were written while the program runs. It knows only what tells sends apart; the
%% compiler is who finds mistakes. Runs in the caller's process.
-module(beamtalk_source_tokens).

-export([of_text/1]).

%% Line from 1; `indent' is that of the token's line; `first' says that the token begins its line.
-type token() :: {kind(), term(), pos_integer(), non_neg_integer(), boolean()}.
-type kind() :: word | class | keyword | field | symbol | string | literal | operator | open | close | mark.
-export_type([token/0]).

-define(PATTERN,
    "(?<word>[A-Za-z_\\x80-\\xff][A-Za-z0-9_\\x80-\\xff]*(?:@[A-Z][A-Za-z0-9_]*|:(?![:=]))?)"
    "|(?<number>0x[0-9A-Fa-f_]+|0b[01_]+|0o[0-7_]+|\\d[\\d_]*r[0-9A-Za-z]+|\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?)"
    "|(?<open>#[(\\[{]|[(\\[{])"
    "|(?<symbol>#(?:'(?:[^'\\n]|'')*'|[A-Za-z_\\x80-\\xff][A-Za-z0-9_\\x80-\\xff]*(?::(?![:=])(?:[A-Za-z_][A-Za-z0-9_]*:(?![:=]))*)?"
    "|=:=|=/=|\\|>>|,|[-+*/%<>=~&\\\\?|!]+))"
    "|(?<character>\\$(?:\\\\u\\{[0-9A-Fa-f]+\\}|\\\\[ntr\\\\{}e0\"]|[\\x00-\\x7f]|[\\xc0-\\xff][\\x80-\\xbf]*))"
    "|(?<operator>=:=|=/=|[-+*/%<>=~&\\\\?]+)"
    "|(?<mark>:=|::|:|!=|\\|>>|\\||\\.\\.\\.|@[a-z]+|[\\^;!,.])"
    "|(?<close>[)\\]}])"
).
-define(KINDS, [word, number, open, symbol, character, operator, mark, close]).

-record(at, {text, pattern, line = 1, indent = 0, first = true}).

%% The tokens of a text. An interpolated string is one token that holds the tokens of each part.
-spec of_text(binary()) -> [token()].
of_text(Text) ->
    {Tokens, _, _} = tokens(indented(#at{text = Text, pattern = pattern()}, 0), 0, none, [], []),
    Tokens.

%% Compiled once for each node.
pattern() ->
    case persistent_term:get(?MODULE, none) of
        none ->
            {ok, Pattern} = re:compile(?PATTERN, [anchored]),
            persistent_term:put(?MODULE, Pattern),
            Pattern;
        Pattern ->
            Pattern
    end.

%% `Open' are the brackets that are open, the innermost first; a part of a string ends at a `}'
%% where none is. Answers the tokens, where it stopped, and the lines so far.
tokens(At, Position, Before, Open, Seen) ->
    case skip(At, Position) of
        {end_of_text, Next, End} ->
            {lists:reverse(Seen), End, Next};
        {Next, From} ->
            case read(Next, From, Before, Open) of
                {stop, To} -> {lists:reverse(Seen), To, Next};
                {Token, To, After, Opened} -> tokens(After#at{first = false}, To, Token, Opened, [Token | Seen])
            end
    end.

%%% White space and comments

skip(#at{text = Text} = At, Position) ->
    case Text of
        <<_:Position/binary, $\n, _/binary>> ->
            skip(indented(At#at{line = At#at.line + 1, first = true}, Position + 1), Position + 1);
        <<_:Position/binary, C, _/binary>> when C =:= $\s; C =:= $\t; C =:= $\r; C =:= $\f ->
            skip(At, Position + 1);
        <<_:Position/binary, "//", _/binary>> ->
            skip(At, line_end(Text, Position));
        <<_:Position/binary, "/*", _/binary>> ->
            {Next, To} = comment(At, Position + 2, 1),
            skip(Next, To);
        <<_:Position/binary, _, _/binary>> ->
            {At, Position};
        _ ->
            {end_of_text, At, Position}
    end.

indented(#at{text = Text} = At, Position) ->
    At#at{indent = spaces(Text, Position) - Position}.

spaces(Text, Position) ->
    case Text of
        <<_:Position/binary, C, _/binary>> when C =:= $\s; C =:= $\t -> spaces(Text, Position + 1);
        _ -> Position
    end.

line_end(Text, Position) ->
    case binary:match(Text, <<"\n">>, [{scope, {Position, byte_size(Text) - Position}}]) of
        {Found, _} -> Found;
        nomatch -> byte_size(Text)
    end.

comment(At, Position, 0) ->
    {At, Position};
comment(#at{text = Text} = At, Position, Depth) ->
    case Text of
        <<_:Position/binary, "*/", _/binary>> -> comment(At, Position + 2, Depth - 1);
        <<_:Position/binary, "/*", _/binary>> -> comment(At, Position + 2, Depth + 1);
        <<_:Position/binary, $\n, _/binary>> ->
            comment(indented(At#at{line = At#at.line + 1, first = true}, Position + 1), Position + 1, Depth);
        <<_:Position/binary, _, _/binary>> -> comment(At, Position + 1, Depth);
        _ -> {At, Position}
    end.

%%% One token

read(#at{text = Text} = At, Position, Before, Open) ->
    Operand = ends_operand(Before) andalso not At#at.first,
    case Text of
        <<_:Position/binary, $}, _/binary>> when Open =:= [interpolation] ->
            {stop, Position + 1};
        <<_:Position/binary, $", _/binary>> ->
            string(At, Position + 1, Open);
        <<_:Position/binary, "<<", _/binary>> when not Operand ->
            {token(open, '<<', At), Position + 2, At, ['<<' | Open]};
        <<_:Position/binary, ">>", _/binary>> when Open =/= [], hd(Open) =:= '<<' ->
            {token(close, '>>', At), Position + 2, At, tl(Open)};
        <<_:Position/binary, $-, C, _/binary>> when not Operand, C >= $0, C =< $9 ->
            {_, Length} = match(At, Position + 1),
            {token(literal, nil, At), Position + 1 + Length, At, Open};
        _ ->
            by_pattern(At, Position, Open)
    end.

ends_operand(none) -> false;
ends_operand({Kind, _, _, _, _}) -> lists:member(Kind, [word, class, field, symbol, string, literal, close]).

by_pattern(At, Position, Open) ->
    {Kind, Length} = match(At, Position),
    Token = classified(Kind, binary:part(At#at.text, Position, Length), At, Position, Open),
    {Token, Position + size_of(Token, Length), At, opened(Token, Open)}.

%% What the pattern does not know, such as a lone quote, is a mark that means nothing.
match(#at{text = Text, pattern = Pattern}, Position) ->
    case re:run(Text, Pattern, [{offset, Position}, {capture, ?KINDS, index}]) of
        {match, Groups} ->
            [{Kind, Length}] = [{K, L} || {K, {_, L}} <- lists:zip(?KINDS, Groups), L > 0],
            {Kind, Length};
        nomatch ->
            {mark, 1}
    end.

classified(word, <<"self">>, #at{text = Text} = At, Position, _Open) ->
    case re:run(Text, "self\\.([a-z_][A-Za-z0-9_]*)", [anchored, {offset, Position}, {capture, [1], binary}]) of
        {match, [Field]} -> token(field, Field, At);
        nomatch -> token(word, <<"self">>, At)
    end;
classified(word, Text, At, _, _) ->
    token(word_kind(Text), Text, At);
classified(number, _, At, _, _) ->
    token(literal, nil, At);
classified(character, _, At, _, _) ->
    token(literal, nil, At);
classified(symbol, <<"#'", Rest/binary>>, At, _, _) ->
    token(symbol, binary:replace(binary:part(Rest, 0, byte_size(Rest) - 1), <<"''">>, <<"'">>, [global]), At);
classified(symbol, <<"#", Name/binary>>, At, _, _) ->
    token(symbol, Name, At);
classified(operator, Text, At, Position, Open) ->
    operator(trimmed(Text, At, Position, Open), At);
classified(Kind, Text, At, _, _) ->
    token(Kind, binary_to_atom(Text), At).

word_kind(Text) ->
    case {binary:last(Text), binary:match(Text, <<"@">>)} of
        {$:, _} -> keyword;
        {_, {_, _}} -> class;
        _ -> case is_upper(Text) of true -> class; false -> word end
    end.

is_upper(<<C, _/binary>>) when C < 128 -> C >= $A andalso C =< $Z;
is_upper(<<C/utf8, _/binary>>) -> string:lowercase([C]) =/= [C];
is_upper(_) -> false.

operator(<<"=>">>, At) -> token(mark, '=>', At);
operator(<<"->">>, At) -> token(operator, <<"->">>, At);
operator(Text, At) -> token(operator, Text, At).

%% A run of operator characters ends where a comment, a `>>' or a negative number begins.
trimmed(Run, #at{text = Text}, Position, Open) ->
    Closing = [<<">>">> || ['<<' | _] <- [Open]],
    Ends = [At || Mark <- [<<"//">>, <<"/*">> | Closing], {At, _} <- [later(Run, Mark)]],
    case Ends of
        [] -> without_minus(Run, Text, Position + byte_size(Run));
        _ -> binary:part(Run, 0, lists:min(Ends))
    end.

later(Run, Mark) -> binary:match(Run, Mark, [{scope, {1, byte_size(Run) - 1}}]).

without_minus(Run, Text, Next) when byte_size(Run) > 1 ->
    case {binary:last(Run), Text} of
        {$-, <<_:Next/binary, C, _/binary>>} when C >= $0, C =< $9 -> binary:part(Run, 0, byte_size(Run) - 1);
        _ -> Run
    end;
without_minus(Run, _, _) ->
    Run.

size_of({field, Name, _, _, _}, _) -> byte_size(Name) + byte_size(<<"self.">>);
size_of({operator, Text, _, _, _}, _) -> byte_size(Text);
size_of(_, Length) -> Length.

opened({open, Bracket, _, _, _}, Open) -> [Bracket | Open];
opened({close, _, _, _, _}, [_ | Open]) -> Open;
opened(_, Open) -> Open.

token(Kind, Value, #at{line = Line, indent = Indent, first = First}) ->
    {Kind, Value, Line, Indent, First}.

%%% Strings, with the tokens of what they interpolate

string(At, Position, Open) ->
    {Parts, To, End} = string_parts(At, Position, []),
    {token(string, Parts, At), To, End, Open}.

string_parts(#at{text = Text} = At, Position, Parts) ->
    case Text of
        <<_:Position/binary, "\"\"", _/binary>> -> string_parts(At, Position + 2, Parts);
        <<_:Position/binary, $", _/binary>> -> {lists:reverse(Parts), Position + 1, At};
        <<_:Position/binary, $\\, C, _/binary>> when C =/= $" -> string_parts(At, escape_end(Text, Position), Parts);
        <<_:Position/binary, ${, _/binary>> ->
            {Tokens, To, Next} = tokens(At#at{first = false}, Position + 1, none, [interpolation], []),
            string_parts(Next, To, [Tokens | Parts]);
        <<_:Position/binary, $\n, _/binary>> ->
            string_parts(indented(At#at{line = At#at.line + 1}, Position + 1), Position + 1, Parts);
        <<_:Position/binary, _, _/binary>> -> string_parts(At, Position + 1, Parts);
        _ -> {lists:reverse(Parts), Position, At}
    end.

%% `\u{1F600}' holds braces that interpolate nothing.
escape_end(Text, Position) ->
    case re:run(Text, "\\\\u\\{[0-9A-Fa-f]{1,6}\\}", [anchored, {offset, Position}, {capture, first}]) of
        {match, [{_, Length}]} -> Position + Length;
        nomatch -> Position + 2
    end.

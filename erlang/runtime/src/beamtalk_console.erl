%% @doc Primitives of `Console': the standard streams of the process's group leader.
-module(beamtalk_console).

-export(['class flush'/1, 'class readLine:'/2, 'class write:'/2, 'class writeError:'/2]).

%% A write is answered when the text is out, so there is nothing left to wait for.
-spec 'class flush'(Class) -> Class.
'class flush'(Class) ->
    io:put_chars(<<>>),
    Class.

-spec 'class readLine:'(term(), term()) -> binary() | nil.
'class readLine:'(_, Prompt) ->
    case io:get_line(unicode:characters_to_list(beamtalk_check:string(Prompt, 'Console', 'readLine:'))) of
        eof -> nil;
        {error, _} -> nil;
        Line -> string:trim(unicode:characters_to_binary(Line), trailing, "\r\n")
    end.

-spec 'class write:'(term(), binary()) -> nil.
'class write:'(_, Text) ->
    io:put_chars(Text),
    nil.

-spec 'class writeError:'(term(), binary()) -> nil.
'class writeError:'(_, Text) ->
    io:put_chars(standard_error, Text),
    nil.

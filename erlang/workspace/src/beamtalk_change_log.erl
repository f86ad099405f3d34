%% @doc Primitives of `ChangeLog', and what `Workspace flush' shares with them. Run in the sender's
%% process.
-module(beamtalk_change_log).

-export([current/0, 'revert:'/2, clear/1, 'flushKinds:confirmDestructive:'/3, flush/2]).

-define(NAME, 'ChangeLog').
-define(KINDS, [method, removeMethod, newClass, classDefinition, removeClass, declaration]).

%% @doc The changes that are not in files, as an object.
-spec current() -> map().
current() ->
    All = [Entry || #{status := Status} = Entry <- beamtalk_workspace_changes:all(), Status =/= flushed],
    #{'__class__' => 'bt@stdlib@ChangeLog', entries => [object(Entry, All) || Entry <- All]}.

object(#{seq := Seq, class := Class, selector := Selector, side := Side, kind := Kind, intent := Intent,
         before := Before, 'after' := After, file := File, author_kind := AuthorKind, author := Author,
         status := Status, prior := Prior, time := Time} = Entry, All) ->
    #{'__class__' => 'bt@stdlib@ChangeEntry',
      seq => Seq, className => Class, selector => Selector, side => Side, kind => Kind, intent => Intent,
      flushable => Status =:= active andalso Intent =:= durable andalso File =/= nil,
      authorKind => AuthorKind, author => Author, time => Time, sourceFile => File,
      orphan => Status =:= orphan, priorEpoch => Prior, active => Status =:= active,
      shadowed => later(Entry, All) =/= [], clean => Before =:= After,
      before => Before, 'after' => After, diff => diff(Before, After)}.

%% Entries in force that took this one's place.
later(#{seq := Seq, class := Class, selector := Selector, side := Side, path := Path}, All) ->
    [Other || #{seq := Other, class := OtherClass, selector := OtherSelector, side := OtherSide, path := OtherPath,
                status := active} <- All,
              Other > Seq, OtherClass =:= Class, OtherPath =:= Path,
              OtherSelector =:= nil orelse Selector =:= nil orelse {OtherSelector, OtherSide} =:= {Selector, Side}].

%% Lines that went, with `-', and lines that came, with `+'.
diff(Before, After) ->
    Old = lines(Before),
    New = lines(After),
    iolist_to_binary(lists:join($\n, marked(Old, New))).

lines(nil) -> [];
lines(Text) -> binary:split(Text, <<"\n">>, [global]).

marked([Line | Old], [Line | New]) -> [[<<"  ">>, Line] | marked(Old, New)];
marked(Old, New) ->
    Same = common(lists:reverse(Old), lists:reverse(New)),
    Gone = lists:sublist(Old, length(Old) - Same),
    Come = lists:sublist(New, length(New) - Same),
    [[<<"- ">>, Line] || Line <- Gone] ++ [[<<"+ ">>, Line] || Line <- Come] ++
        [[<<"  ">>, Line] || Line <- lists:nthtail(length(Old) - Same, Old)].

common([Line | Old], [Line | New]) -> 1 + common(Old, New);
common(_, _) -> 0.

-spec 'revert:'(map(), term()) -> nil.
'revert:'(_, #{'__class__' := 'bt@stdlib@ChangeEntry', seq := Seq}) ->
    All = beamtalk_workspace_changes:all(),
    case [Entry || #{seq := Other} = Entry <- All, Other =:= Seq] of
        [#{status := active} = Entry] -> reverted(Entry, later(Entry, All));
        _ ->
            beamtalk_exception:raise(not_found, ?NAME, 'revert:',
                                     [<<"change ">>, integer_to_binary(Seq), <<" is not in force">>],
                                     <<"Workspace changes activeEntries has those that are">>)
    end;
'revert:'(_, Other) ->
    beamtalk_exception:type_error(?NAME, 'revert:', <<"a ChangeEntry">>, Other).

reverted(Entry, []) ->
    beamtalk_workspace_class:revert(Entry);
reverted(#{seq := Seq}, [Later | _]) ->
    beamtalk_exception:raise(unsupported, ?NAME, 'revert:',
                             [<<"change ">>, integer_to_binary(Later), <<" was made on top of change ">>,
                              integer_to_binary(Seq)],
                             <<"revert the later one first">>).

-spec clear(map()) -> map().
clear(_) ->
    case beamtalk_workspace_changes:clear() of
        ok -> current();
        {error, Reason} ->
            #{message := Message, hint := Hint} = beamtalk_workspace_problem:not_recorded(Reason),
            beamtalk_exception:raise(io_error, ?NAME, clear, Message, Hint)
    end.

-spec 'flushKinds:confirmDestructive:'(term(), term(), term()) -> [binary()].
'flushKinds:confirmDestructive:'(_, Kinds, Confirmed) ->
    flush(kinds(Kinds), confirmed(Confirmed)).

confirmed(Flag) when is_boolean(Flag) -> Flag;
confirmed(Other) -> beamtalk_exception:type_error(?NAME, 'flushKinds:confirmDestructive:', <<"a Boolean">>, Other).

kinds(Kind) when is_atom(Kind) -> kinds([Kind]);
kinds(#{'__class__' := 'bt@stdlib@Set', elements := Elements}) -> kinds(maps:keys(Elements));
kinds(Kinds) when is_list(Kinds) ->
    case [Kind || Kind <- Kinds, not lists:member(Kind, ?KINDS)] of
        [] -> #{kinds => Kinds};
        [Unknown | _] ->
            beamtalk_exception:raise(invalid_argument, ?NAME, 'flushKinds:',
                                     [beamtalk_print:print_string(Unknown), <<" is no kind of change">>],
                                     <<"#method #removeMethod #newClass #classDefinition #removeClass">>)
    end;
kinds(Other) ->
    beamtalk_exception:type_error(?NAME, 'flushKinds:', <<"a Symbol or a List of them">>, Other).

%% @doc Writes changes into files and answers these; says what was written and what was not.
-spec flush(map(), boolean()) -> [binary()].
flush(Which, Destructive) ->
    Request = Which#{destructive => Destructive},
    #{written := Written, left := Left} =
        beamtalk_workspace_compiler:ask(flush, Request, 'WorkspaceInterface', flush),
    io:put_chars([[<<"Flushed: ">>, lists:join(<<", ">>, Places), <<" (">>, File, <<")\n">>]
                  || #{file := File, places := Places} <- Written]),
    io:put_chars([[<<"Not flushed: ">>, Each, $\n] || Each <- Left]),
    [File || #{file := File} <- Written].

%% @doc Compile requests of code that runs in this node. Answers of the toolchain are
%% `#{classes => [#{name, module, file}], warnings => [Text]}'. Runs in the process that asks.
-module(beamtalk_workspace_compiler).

-export([ask/4, show/2, author/0, changed_nodes/0]).

-define(LIMIT, 120000).

%% @doc Asks for something to be compiled and loaded; raises, in the name of the method that was
%% sent, what the toolchain refuses.
-spec ask(atom(), term(), atom(), atom()) -> map().
ask(What, Argument, ClassName, Selector) ->
    %% A migration is part of a load: another one would wait for it for ever.
    get('$bt_held') =:= true andalso
        beamtalk_exception:raise(unsupported, ClassName, Selector,
                                 <<"a migration cannot load or compile: it is part of a load itself">>,
                                 <<"Do it after the migration, from a message of its own">>),
    case beamtalk_workspace_toolchain:request({What, Argument, changed_nodes()}, ?LIMIT) of
        {ok, Answer} ->
            io:put_chars([[<<"warning: ">>, Warning, $\n] || Warning <- maps:get(warnings, Answer, [])]),
            Answer;
        {error, {refused, Message}} ->
            beamtalk_exception:raise(invalid_argument, ClassName, Selector, Message, nil);
        {error, {none_attached, Why}} ->
            beamtalk_exception:raise(
                unsupported, ClassName, Selector,
                [atom_to_binary(Selector), <<" needs the compiler, and no toolchain is attached to this node">>,
                 own_failure(Why)],
                <<"Open beamtalk repl in the project, or beamtalk attach to this node">>);
        {error, timeout} ->
            beamtalk_exception:raise(timeout, ClassName, Selector,
                                     <<"the toolchain did not answer in time; the load may or may not have happened">>, nil);
        {error, {gone, _}} ->
            beamtalk_exception:raise(unsupported, ClassName, Selector,
                                     <<"the toolchain went away while it was asked; nothing is half loaded">>, nil)
    end.

own_failure(nil) -> <<>>;
own_failure(Why) -> [<<"; its own could not be started: ">>, Why].

%% @doc The nodes beside this one on which what the calling process changes is changed: those of its
%% session.
-spec changed_nodes() -> [binary()] | cluster.
changed_nodes() ->
    case get('$bt_session') of
        {_, Session} -> beamtalk_workspace_session:nodes(Session);
        undefined -> []
    end.

%% @doc Whose change it is that the calling process makes: what a session runs is its user's.
-spec author() -> #{author_kind := human | program, author := binary()}.
author() ->
    case get('$bt_session') of
        {Id, _} -> #{author_kind => human, author => Id};
        undefined -> #{author_kind => program, author => beamtalk_print:print_string(self())}
    end.

%% @doc Tells what was loaded, a line for each class.
-spec show(binary(), [map()]) -> ok.
show(Word, Classes) ->
    io:put_chars([[Word, atom_to_binary(Name), <<" (">>, File, <<")\n">>]
                  || #{name := Name, file := File} <- Classes]).

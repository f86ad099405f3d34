%% @doc Whether blocks of a module are still kept somewhere in this node. Purging code does not look
%% for funs: one that is called after its code is gone fails. But the system counts the funs of
%% each place in the code, and a fun of one's own for that place shows the count. Runs in the
%% caller's process.
%%
%% OTP 25 counts so; the count of later releases says nothing of single funs. There it is not known
%% whether blocks are kept, see `are_counted/0'.
-module(beamtalk_workspace_blocks).

%% `refc' is an item of `erlang:fun_info/2' that its types leave out, so that Dialyzer takes what asks for
%% it to fail, and what is called after it never to be.
-dialyzer({nowarn_function, [places/3, references/6, are_counted/0, before/2]}).

-export([are_counted/0, count/1, are_kept/2, renewal/2, renew/2, method_of/1]).

-export_type([renewal/0]).

%% The blocks of one module whose methods did not change: what each place in the old code is in the new.
-type renewal() :: {module(), Old :: binary(), New :: binary(),
                    #{non_neg_integer() => {non_neg_integer(), non_neg_integer()}}}.

%% @doc Whether this release counts the funs of a place in the code one by one.
-spec are_counted() -> boolean().
are_counted() ->
    First = block(self()),
    {refc, One} = erlang:fun_info(First, refc),
    Second = block(make_ref()),
    {refc, Two} = erlang:fun_info(First, refc),
    _ = Second(),
    Two > One.

block(Captured) -> fun() -> Captured end.

%% @doc How many funs of this object code there are, garbage that is not collected yet included,
%% and counting what the code itself holds; 0 where it makes none. Compare with the count before
%% the code has run.
-spec count(binary()) -> non_neg_integer().
count(Beam) ->
    {ok, {Module, [{"FunT", Chunk}]}} = beam_lib:chunks(Beam, ["FunT"], [allow_missing_chunks]),
    places(Module, Beam, Chunk).

%% @doc Whether there are more funs of this code than there were before it ran. Where that is not
%% known, each place in the code is taken to hold one; where funs are not counted, code that can make
%% some is taken to have made them.
-spec are_kept(binary(), non_neg_integer() | unknown) -> boolean().
are_kept(Beam, Before) ->
    Places = number_of_places(Beam),
    Places > 0 andalso (not are_counted() orelse count(Beam) > before(Before, Places)).

before(unknown, Places) -> Places;
before(Count, _Places) -> Count.

number_of_places(Beam) ->
    {ok, {_, [{"FunT", Chunk}]}} = beam_lib:chunks(Beam, ["FunT"], [allow_missing_chunks]),
    case Chunk of
        missing_chunk -> 0;
        <<Places:32, _/binary>> -> Places
    end.

places(_Module, _Beam, missing_chunk) ->
    0;
places(Module, Beam, <<_Count:32, Entries/binary>>) ->
    Md5 = code:module_md5(Beam),
    lists:sum([references(Module, Md5, Arity, Index, Free, Uniq)
               || <<_Name:32, Arity:32, _Label:32, Index:32, Free:32, Uniq:32>> <= Entries]).

%% The table of funs counts the arguments together with the captured variables.
references(Module, Md5, Arity, Index, Free, Uniq) ->
    Fun = binary_to_term(external(Module, Md5, Arity - Free, Index, Free, Uniq)),
    {refc, Count} = erlang:fun_info(Fun, refc),
    Count - 1.

external(Module, Md5, Arity, Index, Free, Uniq) ->
    fun_of(Module, Md5, Arity, Index, Uniq, lists:duplicate(Free, nil)).

%% A fun in the external term format: tag 112, with the values of the captured variables.
fun_of(Module, Md5, Arity, Index, Uniq, Captured) ->
    Body = [<<Arity:8, Md5/binary, Index:32, (length(Captured)):32>>, term(Module), term(Index), term(Uniq),
            term(self()), [term(Each) || Each <- Captured]],
    Size = iolist_size(Body) + 4,
    iolist_to_binary([<<131, 112, Size:32>>, Body]).

term(Term) ->
    <<131, Encoded/binary>> = term_to_binary(Term),
    Encoded.

%% @doc How blocks made by old object code of a class go over to the new: those in methods whose text is
%% the same and which have the same place and number of captured variables there.
-spec renewal(binary(), binary()) -> renewal().
renewal(Old, New) ->
    Same = unchanged(methods(Old), methods(New)),
    After = maps:from_list([{Key, Place} || {Key, Place} <- named_places(New)]),
    Places = [{Index, map_get(Key, After)} || {{Name, _, _} = Key, {Index, _}} <- named_places(Old),
                                              is_map_key(Key, After), lists:member(method_of(Name), Same)],
    {ok, {Module, _}} = beam_lib:chunks(New, []),
    {Module, code:module_md5(Old), code:module_md5(New), maps:from_list(Places)}.

methods(Beam) ->
    case beamtalk_workspace_layout:meta_of_code(Beam) of
        {ok, #{methods := Methods, class_methods := ClassMethods}} ->
            maps:from_list([{atom_to_list(Selector), Source} || #{selector := Selector, source := Source} <- Methods]
                           ++ [{"class " ++ atom_to_list(Selector), Source}
                               || #{selector := Selector, source := Source} <- ClassMethods]);
        error -> #{}
    end.

unchanged(Old, New) ->
    [Name || {Name, Source} <- maps:to_list(Old), maps:get(Name, New, none) =:= Source].

%% Each block by its name, arity and number of captured variables; its index and old-style mark.
named_places(Beam) ->
    case beam_lib:chunks(Beam, [atoms, "FunT"], [allow_missing_chunks]) of
        {ok, {_, [{atoms, Atoms}, {"FunT", <<_:32, Entries/binary>>}]}} ->
            Names = maps:from_list(Atoms),
            [{{map_get(Name, Names), Arity, Free}, {Index, Uniq}}
             || <<Name:32, Arity:32, _Label:32, Index:32, Free:32, Uniq:32>> <= Entries];
        _ -> []
    end.

%% @doc The method in which a block is written. The compiler names a fun for its function:
%% `-tick/1-anonymous-0-'.
-spec method_of(atom()) -> string() | none.
method_of(Name) ->
    case re:run(atom_to_list(Name), "^-(.*)/\\d+-", [{capture, [1], list}]) of
        {match, [Function]} -> Function;
        nomatch -> none
    end.

%% @doc A block of the new code for one of the old, with what it captured; any other block as it is.
-spec renew(fun(), [renewal()]) -> fun().
renew(Block, Renewals) ->
    {module, Module} = erlang:fun_info(Block, module),
    {new_uniq, Md5} = erlang:fun_info(Block, new_uniq),
    {new_index, Index} = erlang:fun_info(Block, new_index),
    case lists:keyfind(Module, 1, Renewals) of
        {Module, Md5, New, #{Index := {NewIndex, Uniq}}} ->
            {env, Captured} = erlang:fun_info(Block, env),
            {arity, Arity} = erlang:fun_info(Block, arity),
            binary_to_term(fun_of(Module, New, Arity, NewIndex, Uniq, [captured(Each, Renewals) || Each <- Captured]));
        _ -> Block
    end.

captured(Block, Renewals) when is_function(Block) ->
    case erlang:fun_info(Block, type) of
        {type, local} -> renew(Block, Renewals);
        {type, external} -> Block
    end;
captured(Other, _Renewals) -> Other.
